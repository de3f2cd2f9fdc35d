import { createEncoder, type Encoder, loadEncoder } from '@nearkin/embedders';
import type { Terminal } from '../terminal/terminal.js';
import { openCaptionEmbedders } from '../training/open-caption-embedders.js';
import { openBuiltInEncoder } from './default-encoder.js';
import { isBuiltIn } from './default-name.js';

/**
 * What encodes pictures, words or both: what was named on the command line (a built-in one, a saved encoder, any tfjs
 * model, a preset, `hf:OWNER/NAME`, or an ES module of the user's, which is run as code), else the default.
 */
export async function openEncoder(
  choice: { readonly embedder?: string; readonly layer?: string },
  terminal: Terminal,
): Promise<Encoder> {
  const { embedder, layer } = choice;
  const { signal } = terminal;
  if (embedder === undefined || isBuiltIn(embedder)) return openBuiltInEncoder(embedder, { signal });
  if (/\.m?js$/.test(embedder)) return createEncoder(await openCaptionEmbedders(embedder));
  return loadEncoder(embedder, { layer, signal });
}
