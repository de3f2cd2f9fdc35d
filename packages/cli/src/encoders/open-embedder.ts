import { type ImageEmbedder, loadImageEmbedder } from '@nearkin/embedders';
import { chooseBackend } from '@nearkin/embedders/node';
import type { Terminal } from '../terminal/terminal.js';
import { openBuiltInEncoder } from './default-encoder.js';
import { isBuiltIn } from './default-name.js';

/** What turns pictures into vectors: what was named on the command line, else the default's. */
export async function openEmbedder(
  choice: { readonly embedder?: string; readonly layer?: string },
  terminal: Terminal,
): Promise<ImageEmbedder> {
  const { embedder, layer } = choice;
  const { signal } = terminal;
  await chooseBackend();
  if (embedder === undefined || isBuiltIn(embedder))
    return (await openBuiltInEncoder(embedder, { signal })).image as ImageEmbedder;
  return loadImageEmbedder(embedder, { layer, signal });
}
