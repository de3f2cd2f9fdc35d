import { NearkinError } from '@nearkin/core';
import type { FileHost } from './file-host.js';
import { blobAccess, type RandomAccess } from './random-access.js';
import { writeFileHandle } from './write-file-handle.js';

const scheme = 'opfs://';

/** Browser storage: the origin's private file system, `opfs://folder/name.nearkin`. It keeps no logs of changes. */
export const fileHost: FileHost = {
  openFile,

  async openWithLog(address) {
    return { base: await openFile(address), log: undefined };
  },

  async replaceFile(address, pieces) {
    await writeFileHandle(await findFile(address, { create: true }), { pieces, location: address });
  },

  async openIndexWriter(_, { address }) {
    throw new NearkinError(
      'UNSUPPORTED',
      `A browser keeps no log of changes beside ${address}; change the index in memory and save it whole.`,
      { details: { address } },
    );
  },

  openBatchFolder(address) {
    throw new NearkinError(
      'UNSUPPORTED',
      `A browser keeps no journal at ${address}; leave journal out, or build in Node.`,
      { details: { address } },
    );
  },
};

async function openFile(address: string): Promise<RandomAccess> {
  try {
    const file = await findFile(address, { create: false });
    return blobAccess(await file.getFile(), address);
  } catch (cause) {
    if (cause instanceof NearkinError) throw cause;
    const missing = cause instanceof DOMException && cause.name === 'NotFoundError';
    throw new NearkinError(
      missing ? 'NOT_FOUND' : 'IO_ERROR',
      missing ? `Nothing is stored at ${address}.` : `Could not open ${address}: ${String(cause)}`,
      { cause, details: { address } },
    );
  }
}

async function findFile(address: string, options: { create: boolean }): Promise<FileSystemFileHandle> {
  const parts = address.startsWith(scheme) ? address.slice(scheme.length).split('/') : [];
  const name = parts.pop();
  if (!name || [name, ...parts].some((part) => part === '' || part === '.' || part === '..'))
    throw new NearkinError(
      'UNSUPPORTED',
      `Cannot use ${address} in a browser: expected ${scheme}name, an http(s): address, a File or bytes.`,
      { details: { address } },
    );
  if (!navigator.storage?.getDirectory)
    throw new NearkinError('UNSUPPORTED', 'This browser gives no file storage to this page (not a secure context?).');
  let folder = await navigator.storage.getDirectory();
  for (const part of parts) folder = await folder.getDirectoryHandle(part, options);
  return folder.getFileHandle(name, options);
}
