import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'vitest';

const repository = resolve(import.meta.dirname, '..');

/**
 * Real weights and pictures that are not part of the repository: `NEARKIN_DATA`, else `../shared/data` beside it.
 *
 * @returns the path of the part, or undefined where it is absent
 */
export function sharedData(part: string): string | undefined {
  const path = join(process.env['NEARKIN_DATA'] ?? join(repository, '..', 'shared', 'data'), part);
  return existsSync(path) ? path : undefined;
}

/** Like `describe`, for tests that need parts of the shared data; without them they are reported as skipped by name. */
export function describeWithData(name: string, parts: readonly string[], suite: (paths: string[]) => void): void {
  const paths = parts.map(sharedData);
  const missing = parts.filter((_, i) => paths[i] === undefined);
  if (missing.length > 0)
    describe.skip(`${name} (needs the data ${missing.join(', ')})`, () => suite(parts as string[]));
  else describe(name, () => suite(paths as string[]));
}
