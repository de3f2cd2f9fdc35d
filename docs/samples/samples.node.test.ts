import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { promisesOf } from './promises-of.mjs';
import { stories } from './stories.mjs';

/** Every program of the site runs, in the order of the stories, in one folder that was empty before. */
describe('programs of the site print what they say', () => {
  const home = process.cwd();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nearkin docs ')));
  beforeAll(() => process.chdir(folder));
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });

  for (const name of stories)
    it(name, async () => {
      const path = join(import.meta.dirname, name);
      const promised = promisesOf(readFileSync(path, 'utf8'));
      expect(promised.length, 'a program has to show what it prints').toBeGreaterThan(0);
      const printed: string[] = [];
      const spy = vi.spyOn(console, 'log').mockImplementation((...values) => {
        const text = values.map((value) =>
          typeof value === 'string' ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY }),
        );
        printed.push(...text.join(' ').split('\n'));
      });
      try {
        await import(pathToFileURL(path).href);
      } finally {
        spy.mockRestore();
      }
      expect(printed.map((line) => line.trim())).toEqual(promised);
    });
});
