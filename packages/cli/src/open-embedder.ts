import { type ImageEmbedder, loadImageEmbedder } from '@nearkin/embedders';
import { chooseBackend } from '@nearkin/embedders/node';
import { openDefaultEncoder } from './default-encoder.js';
import type { Terminal } from './terminal.js';

/** What turns pictures into vectors: the tfjs model that was named, else the default's. */
export async function openEmbedder(
  choice: { readonly embedder?: string; readonly layer?: string },
  terminal: Terminal,
): Promise<ImageEmbedder> {
  const { embedder, layer } = choice;
  await chooseBackend();
  if (embedder === undefined) return (await openDefaultEncoder()).image as ImageEmbedder;
  return loadImageEmbedder(embedder, { layer, signal: terminal.signal });
}
