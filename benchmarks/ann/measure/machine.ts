import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';

/** Where and when figures come from; stands in every result. */
export interface Provenance {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly node: string;
  readonly commit: string;
  /** Files of the packages under test were changed after the commit. */
  readonly changedSince: boolean;
  readonly date: string;
  readonly command: string;
}

export function provenance(command: string): Provenance {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e9),
    node: process.version,
    commit: git('rev-parse', '--short=10', 'HEAD'),
    changedSince: git('status', '--porcelain', '--', 'packages/kernels', 'packages/searcher', 'packages/core') !== '',
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    command,
  };
}

function git(...args: string[]): string {
  try {
    const cwd = dirname(dirname(dirname(import.meta.dirname)));
    return execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
