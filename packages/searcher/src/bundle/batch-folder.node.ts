import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NearkinError } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import { toPath } from '../file/node-path.node.js';
import type { BatchFolder } from './journal.js';

export function openBatchFolder(address: string): BatchFolder {
  const folder = toPath(address);
  return {
    async list() {
      try {
        return await readdir(folder);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw new NearkinError('IO_ERROR', `Could not list ${folder}: ${(cause as Error).message}`, {
          cause,
          details: { path: folder },
        });
      }
    },
    async read(name) {
      const bytes = await readFile(join(folder, name));
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    write: (name, bytes) => replaceFile(join(folder, name), bytes),
    async removeFiles(names) {
      for (const name of names) await rm(join(folder, name), { force: true });
    },
    async remove() {
      // What a killed writer left of its last file goes too; a folder with anything else in it stays.
      const left = await readdir(folder).catch(() => []);
      for (const name of left) if (/^\.nearkin-.*\.tmp$/.test(name)) await rm(join(folder, name), { force: true });
      await rmdir(folder).catch(() => {});
    },
  };
}
