import { type Bundle, type Embedder, NearkinError, throwIfAborted } from '@nearkin/core';
import type { StoredTextTower } from '../encoders/encoder-metadata.js';
import type { LoadEncoderOptions } from '../encoders/load-encoder.js';
import { checkedFiles } from '../models/checked-files.js';
import { isRecord, readModelArtifacts } from '../models/model-artifacts.js';
import { badModel } from '../models/weight-specs.js';
import type { TextEmbedder } from './text-embedder.js';
import type { TokenizerFiles } from './text-tokenizer.js';

/**
 * Opens the tower of texts of a saved encoder.
 *
 * @throws {NearkinError} `BAD_FORMAT` when it is not the tower that was saved, `BAD_MODEL`, `MISSING_DEPENDENCY`, …
 */
export async function loadTextTower(
  bundle: Bundle,
  { stored, dim, ...options }: LoadEncoderOptions & { stored: StoredTextTower; dim: number },
): Promise<Embedder<string>> {
  const tower = await openTower(bundle, stored, options);
  try {
    if (tower.dim !== dim) throw badModel(bundle.location, `its texts have ${tower.dim} numbers, expected ${dim}`);
    if (tower.id !== stored.id)
      throw new NearkinError(
        'BAD_FORMAT',
        `Expected the texts' model ${stored.id} in ${bundle.location}, got ${tower.id}; files of two encoders were mixed.`,
        { details: { expected: stored.id, received: tower.id } },
      );
    throwIfAborted(options.signal);
    return tower;
  } catch (error) {
    tower.dispose();
    throw error;
  }
}

async function openTower(
  bundle: Bundle,
  stored: StoredTextTower,
  options: LoadEncoderOptions,
): Promise<Embedder<string>> {
  const { signal, batchSize } = options;
  const where = bundle.location;
  switch (stored.kind) {
    case 'hashed': {
      const { readHashedText } = await import('./hashed-text-file.js');
      const { createHashedTextEmbedder } = await import('./hashed-text-embedder.js');
      return createHashedTextEmbedder(readHashedText(await bundle.read(stored.file, { signal }), where));
    }
    case 'graph': {
      const artifacts = await readModelArtifacts(checkedFiles(bundle, { root: stored.model }), stored.model, options);
      const tokenizer = readTokenizer(await bundle.read(stored.tokenizer, { signal }), where);
      const { createGraphTextEmbedder } = await import('./graph-text-embedder.js');
      const { settings } = stored;
      return (await createGraphTextEmbedder(artifacts, { tokenizer, settings, batchSize, where })) as TextEmbedder;
    }
    case 'transformers': {
      const { loadTransformersTexts } = await import('../transformers/load-transformers.js');
      return loadTransformersTexts(stored.reference, { ...options, expected: stored.id });
    }
  }
}

function readTokenizer(bytes: Uint8Array, where: string): TokenizerFiles {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isRecord(json)) return json as unknown as TokenizerFiles;
  } catch (cause) {
    throw badModel(where, 'its tokenizer is not JSON', cause);
  }
  throw badModel(where, 'its tokenizer is not a JSON object');
}
