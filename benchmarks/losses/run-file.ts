import { appendFile, readFile } from 'node:fs/promises';

/** One run of the benchmark, a line of the file. */
export interface Run {
  readonly method: string;
  readonly memory: boolean;
  readonly value: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly steps: number;
  /** The part whose MAP@R this is. */
  readonly judge: 'validation' | 'test';
  readonly mapAtR: number;
  readonly hitRateAt1: number;
  /** Of a core. */
  readonly seconds: number;
  readonly commit: string;
}

export type RunSettings = Omit<Run, 'mapAtR' | 'hitRateAt1' | 'seconds' | 'commit'>;

/** The runs of a file that may not be there yet; a line that was cut off by a kill is left out. */
export async function readRuns(file: string): Promise<Run[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return line ? [JSON.parse(line) as Run] : [];
    } catch {
      return [];
    }
  });
}

export async function appendRun(file: string, run: Run): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${JSON.stringify(run)}\n`);
}

export function findRun(runs: readonly Run[], wanted: RunSettings): Run | undefined {
  const keys = Object.keys(wanted) as (keyof RunSettings)[];
  return runs.find((run) => keys.every((key) => run[key] === wanted[key]));
}
