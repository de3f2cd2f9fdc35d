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
