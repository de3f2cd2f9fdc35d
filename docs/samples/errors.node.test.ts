import { readFileSync } from 'node:fs';
import { NearkinError, type NearkinErrorCode } from '@nearkin/core';
import { expect, it } from 'vitest';
import { errorCodes } from '../scripts/error-codes.mjs';

it('says of every error code what it means and what to do, where the error itself links to', async () => {
  const codes = errorCodes();
  expect(codes.length).toBeGreaterThan(30);
  await import('../scripts/write-errors.mjs' as string);
  const page = readFileSync(new URL('../reference/errors.md', import.meta.url), 'utf8');
  for (const { code, meaning, advice } of codes) {
    const { pathname, hash } = new URL(new NearkinError(code as NearkinErrorCode, 'x').link);
    expect(pathname.endsWith('/reference/errors')).toBe(true);
    expect(page).toContain(`## ${code} {${hash}}\n\n${meaning}\n\n${advice}\n`);
  }
});
