import { vectorAt } from '@nearkin/core';
import { openIndex } from '../src/file/index-file.js';
import type { IndexSource } from '../src/file/open-source.js';
import type { Hit } from '../src/search/search-options.js';
import { smallGallery } from './small-gallery.js';

/** Opens an index file and searches it. */
export async function searchFile(source: IndexSource): Promise<Hit[][]> {
  const index = await openIndex(source);
  const { vectors } = smallGallery({ count: 5, seed: 2 });
  return Array.from({ length: vectors.count }, (_, i) => index.search(vectorAt(vectors, i), { k: 4 }));
}

declare const WorkerGlobalScope: unknown;
if (typeof WorkerGlobalScope !== 'undefined')
  addEventListener('message', async ({ data }: MessageEvent) => postMessage(await searchFile(data)));
else if (typeof document === 'undefined') {
  const { parentPort } = await import('node:worker_threads');
  parentPort?.on('message', async (source) => parentPort?.postMessage(await searchFile(source)));
}
