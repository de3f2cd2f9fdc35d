import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSet } from '../data/data-set.js';
import { cpuSeconds } from '../measure/cpu-time.js';

const folder = join(import.meta.dirname, '..', '.cache');

export interface KeptIndex {
  readonly path: string;
  readonly buildCpuSeconds: number;
  readonly builtEarlier: boolean;
  readonly fileBytes: number;
}

/**
 * Builds a peer's index and writes it to a file, or takes the file of an earlier run: the graphs of a million rows take
 * a quarter of an hour each. The CPU time of the build is kept with the file.
 *
 * @param key names everything the file depends on: system, version, parameters
 */
export async function keepIndex(
  key: string,
  data: DataSet,
  build: () => { save(path: string): void },
): Promise<KeptIndex> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${data.name}-${data.rows.count}-${key}.index`);
  const note = `${path}.json`;
  const earlier = existsSync(path) && existsSync(note) && process.env['ANN_REBUILD'] !== '1';
  if (!earlier) {
    const start = cpuSeconds();
    const index = build();
    const seconds = cpuSeconds() - start;
    index.save(`${path}.part`);
    renameSync(`${path}.part`, path);
    writeFileSync(note, JSON.stringify({ buildCpuSeconds: seconds }));
  }
  const { buildCpuSeconds } = JSON.parse(readFileSync(note, 'utf8')) as { buildCpuSeconds: number };
  return { path, buildCpuSeconds, builtEarlier: earlier, fileBytes: statSync(path).size };
}
