import { type Interval, intervalOf } from './interval.js';
import type { Run } from './run-file.js';

/** A method's line of the table. */
export interface TableRow {
  readonly method: string;
  readonly memory: boolean;
  /** What was chosen on the validation classes. */
  readonly chosen: { readonly option: string; readonly value: number; readonly learningRate: number };
  readonly mapAtR: Interval;
  readonly hitRateAt1: Interval;
  /** The first row's MAP@R less this one's, seed by seed. */
  readonly behindBest: Interval;
  readonly seconds: number;
}

/** A method with its runs on the test classes, one for each seed, in the order of the seeds. */
export interface JudgedMethod {
  readonly method: string;
  readonly memory: boolean;
  readonly option: string;
  readonly runs: readonly Run[];
}

/** Rows by falling MAP@R. */
export function tableRows(judged: readonly JudgedMethod[]): TableRow[] {
  const meanOf = ({ runs }: JudgedMethod) => intervalOf(runs.map(({ mapAtR }) => mapAtR)).mean;
  const sorted = [...judged].sort((a, b) => meanOf(b) - meanOf(a));
  return sorted.map(({ method, memory, option, runs }) => ({
    method,
    memory,
    chosen: { option, value: runs[0]!.value, learningRate: runs[0]!.learningRate },
    mapAtR: intervalOf(runs.map(({ mapAtR }) => mapAtR)),
    hitRateAt1: intervalOf(runs.map(({ hitRateAt1 }) => hitRateAt1)),
    behindBest: intervalOf(runs.map(({ mapAtR }, i) => sorted[0]!.runs[i]!.mapAtR - mapAtR)),
    seconds: intervalOf(runs.map(({ seconds }) => seconds)).mean,
  }));
}

/** The rows as Markdown. A difference whose interval reaches 0 is not told from chance. */
export function markdownTable(rows: readonly TableRow[]): string {
  const percent = ({ mean, halfWidth }: Interval) =>
    `${(100 * mean).toFixed(1)}${halfWidth === null ? '' : ` ± ${(100 * halfWidth).toFixed(1)}`}`;
  const lines = rows.map(({ method, memory, chosen, mapAtR, hitRateAt1, behindBest, seconds }, i) => {
    const clear = behindBest.halfWidth !== null && behindBest.mean > behindBest.halfWidth;
    const behind = i === 0 ? '' : `${percent(behindBest)}${clear ? ' *' : ''}`;
    return [
      method,
      memory ? 'yes' : '',
      percent(mapAtR),
      behind,
      percent(hitRateAt1),
      `${chosen.option} ${chosen.value}, rate ${chosen.learningRate}`,
      seconds.toFixed(1),
    ].join(' | ');
  });
  return [
    '| loss | memory | MAP@R, % | behind the first | hit rate at 1, % | chosen on validation | seconds of a core |',
    '| --- | --- | ---: | ---: | ---: | --- | ---: |',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n');
}
