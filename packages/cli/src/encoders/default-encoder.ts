import { createEncoder, createFilterEmbedder, type Encoder } from '@nearkin/embedders';
import type { Terminal } from '../terminal/terminal.js';
import { type BuiltInName, defaultEncoderName } from './default-name.js';

/** An encoder that comes with the program; the default when no --embedder is given. */
export async function openBuiltInEncoder(
  name: BuiltInName = defaultEncoderName,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Encoder> {
  if (name === 'filters') return createEncoder({ image: createFilterEmbedder() });
  const { loadStarter } = await import('@nearkin/starter');
  return loadStarter(options);
}

/** Says once, where no --embedder was given, what that means. */
export function noteDefaultEncoder({ embedder }: { readonly embedder?: string }, terminal: Terminal): void {
  if (embedder !== undefined) return;
  terminal.note(
    '  Done with the starter, which knows drawings: emoji, icons, flat art. Photos deserve MobileNetV3, CLIP or the like: --embedder path/or/URL/of/model.json, or --embedder hf:Xenova/clip-vit-base-patch32',
  );
}
