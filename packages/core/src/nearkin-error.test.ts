import { expect, it } from 'vitest';
import { throwIfAborted } from './job.js';
import { NearkinError } from './nearkin-error.js';

it('carries code, details and cause, and prints as JSON', () => {
  const cause = new TypeError('inner');
  const error = new NearkinError('BAD_MODEL', 'Expected a model.', { details: { path: 'x' }, cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'NearkinError', code: 'BAD_MODEL', cause });
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    code: 'BAD_MODEL',
    message: 'Expected a model.',
    details: { path: 'x' },
  });
  expect(error.link).toMatch(/^https:\/\/.*\/reference\/errors#BAD_MODEL$/);
  expect('cause' in new NearkinError('ABORTED', 'x')).toBe(false);
});

it('turns a fired signal into ABORTED with its reason', () => {
  expect(() => throwIfAborted(undefined)).not.toThrow();
  expect(() => throwIfAborted(new AbortController().signal)).not.toThrow();
  expect(() => throwIfAborted(AbortSignal.abort('why'))).toThrowError(
    expect.objectContaining({ code: 'ABORTED', cause: 'why' }),
  );
});
