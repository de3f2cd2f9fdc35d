import { createEncoder, createFilterEmbedder, type Encoder } from '@nearkin/embedders';
import type { Terminal } from './terminal.js';

/** The encoder that verbs use when no --embedder is given; here alone it is decided which. */
export async function openDefaultEncoder(): Promise<Encoder> {
  return createEncoder({ image: createFilterEmbedder() });
}

/** Says once, where no --embedder was given, what that means. */
export function noteDefaultEncoder({ embedder }: { readonly embedder?: string }, terminal: Terminal): void {
  if (embedder !== undefined) return;
  terminal.note(
    '  The built-in filters know colours and edges. Photos deserve a learned embedder, such as MobileNetV3 or CLIP: --embedder path/or/URL/of/model.json, or --embedder hf:Xenova/clip-vit-base-patch32',
  );
}
