import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NearkinError } from '@nearkin/core';

/** @throws {NearkinError} `UNSUPPORTED` for an address that is no path */
export function toPath(address: string): string {
  if (address.startsWith('file:')) return fileURLToPath(address);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address))
    throw new NearkinError('UNSUPPORTED', `Cannot use ${address} in Node: expected a path or a file: address.`, {
      details: { address },
    });
  return resolve(address);
}

/** What the system says, in our words. */
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
