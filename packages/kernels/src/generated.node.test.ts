import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { baseline } from './generated/baseline.js';
import { relaxed } from './generated/relaxed.js';

it('is what assembly/ compiles to', () => {
  const script = fileURLToPath(new URL('../scripts/build-kernels.mjs', import.meta.url));
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toContain('baseline');
});

it.each([baseline, relaxed])('takes at most 10 kB, compressed', (text) => {
  expect(gzipSync(Buffer.from(text, 'hex')).length).toBeLessThanOrEqual(10_000);
});
