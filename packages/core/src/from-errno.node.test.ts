import { expect, it } from 'vitest';
import { fromErrno } from './from-errno.node.js';
import { NearkinError } from './nearkin-error.js';

it('gives what the system says a code, keeps the cause, and lets our errors pass', () => {
  const system = (code: string) => Object.assign(new Error(`${code}: no`), { code });
  const codes = { ENOENT: 'NOT_FOUND', ENOSPC: 'DISK_FULL', EDQUOT: 'DISK_FULL', EACCES: 'IO_ERROR' };
  for (const [code, ours] of Object.entries(codes)) {
    const cause = system(code);
    expect(fromErrno(cause, 'a/b')).toMatchObject({ code: ours, cause, details: { path: 'a/b', reason: code } });
  }
  const error = new NearkinError('LOCKED', 'held');
  expect(fromErrno(error, 'a/b')).toBe(error);
});
