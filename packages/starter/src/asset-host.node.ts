import { readFile } from 'node:fs/promises';
import { NearkinError } from '@nearkin/core';
import type { AssetHost } from './asset-host.js';

export const host: AssetHost = {
  async readAsset(url, signal) {
    try {
      const bytes = await readFile(url, signal ? { signal } : {});
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (cause) {
      const code = signal?.aborted
        ? 'ABORTED'
        : (cause as NodeJS.ErrnoException).code === 'ENOENT'
          ? 'NOT_FOUND'
          : 'IO_ERROR';
      throw new NearkinError(
        code,
        code === 'ABORTED'
          ? 'Loading the starter was cancelled.'
          : `Could not read ${url.href}; weights/ of @nearkin/starter must lie beside its code, also in a bundled program.`,
        { cause, details: { url: url.href } },
      );
    }
  },
};
