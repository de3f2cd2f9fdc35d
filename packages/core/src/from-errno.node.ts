import { NearkinError } from './nearkin-error.js';

/** What the system says of a path, in our words: `NOT_FOUND`, `DISK_FULL` or `IO_ERROR`. Errors of ours pass. */
export function fromErrno(cause: NodeJS.ErrnoException, path: string): NearkinError {
  if (cause instanceof NearkinError) return cause;
  const details = { path, reason: cause.code };
  if (cause.code === 'ENOENT')
    return new NearkinError('NOT_FOUND', `Nothing is at ${path}; check the path.`, { cause, details });
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
    return new NearkinError('DISK_FULL', `No space is left to write ${path}; what was there before is untouched.`, {
      cause,
      details,
    });
  return new NearkinError('IO_ERROR', `Could not read or write ${path}: ${cause.message}`, { cause, details });
}
