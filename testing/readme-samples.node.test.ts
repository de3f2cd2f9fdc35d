import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';

const packages = resolve(import.meta.dirname, '..', 'packages');
const folders = readdirSync(packages).map((name) => join(packages, name));

/** A fence marked `js run` is a program; each `console.log(…); // text` in it says what it prints. */
const fence = /^```js run\n(.*?)^```$/gms;
const promise = /console\.log\(.*\);\s*\/\/ (.*)$/gm;

describe('samples of the READMEs print what they say', () => {
  for (const folder of folders) {
    const path = join(folder, 'README.md');
    if (!existsSync(path)) continue;
    const programs = [...readFileSync(path, 'utf8').matchAll(fence)].map((match) => match[1]!);
    programs.forEach((program, i) => {
      it(`${path.slice(packages.length + 1)}, sample ${i + 1}`, async () => {
        const promised = [...program.matchAll(promise)].map((match) => match[1]!.trim());
        expect(promised.length).toBeGreaterThan(0);
        const file = join(folder, `.readme-sample-${i}.mjs`);
        const printed: string[] = [];
        const spy = vi.spyOn(console, 'log').mockImplementation((...values) => {
          printed.push(
            values
              .map((value) =>
                typeof value === 'string' ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY }),
              )
              .join(' '),
          );
        });
        try {
          writeFileSync(file, program);
          await import(pathToFileURL(file).href);
        } finally {
          spy.mockRestore();
          rmSync(file);
        }
        expect(printed).toHaveLength(promised.length);
        // A promise may end in an explanation after a comma: what is printed must come first.
        promised.forEach((text, line) => {
          expect(`${text},`.startsWith(`${printed[line]},`), `promised ${text}, printed ${printed[line]}`).toBe(true);
        });
      });
    });
  }
});
