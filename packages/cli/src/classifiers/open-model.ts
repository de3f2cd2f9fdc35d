import type { ImageInput } from '@nearkin/embedders';
import { loadClassifier, type RetrievalClassifier } from '@nearkin/retrieval';
import { openEmbedder } from '../encoders/open-embedder.js';
import type { Terminal } from '../terminal/terminal.js';

/**
 * Opens a saved classifier, with the embedder given on the command line where its folder has none.
 *
 * @throws {NearkinError} what `loadClassifier` throws: `NOT_FOUND`, `BAD_MODEL`, `EMBEDDER_NEEDED`, `MODEL_MISMATCH`, …
 */
export async function openModel(
  source: { readonly model: string; readonly embedder?: string },
  terminal: Terminal,
): Promise<RetrievalClassifier<ImageInput>> {
  const embedder =
    source.embedder === undefined ? undefined : await openEmbedder({ embedder: source.embedder }, terminal);
  return loadClassifier(source.model, { embedder, signal: terminal.signal });
}
