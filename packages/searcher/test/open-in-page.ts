import '@tensorflow/tfjs-backend-cpu';
import { createPicture } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';
import { setBackend } from '@tensorflow/tfjs-core';
import { type Hit, openSearcher, type SearchQuery } from '../src/index.js';

declare global {
  /** What the test in Node calls; a picture's samples come as a list. */
  // biome-ignore lint/suspicious/noExplicitAny: it came through JSON
  var askBundle: (query: any) => Promise<Hit[]>;
}

await setBackend('cpu');
const searcher = await openSearcher<ImageInput>(new URL('bundle/', location.href));
globalThis.askBundle = (query) => {
  const image = query.image && createPicture({ ...query.image, data: Uint8Array.from(query.image.data) });
  const whole: string | SearchQuery<ImageInput> = image ? { ...query, image } : query;
  return searcher.search(whole, { k: 30 });
};
