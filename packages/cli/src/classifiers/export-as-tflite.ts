import { readFile } from 'node:fs/promises';
import { NearkinError, throwIfAborted } from '@nearkin/core';
import { fromErrno, replaceFile } from '@nearkin/core/node';
import { type ImageEmbedder, type ImageInput, loadTfliteEmbedder, type TfliteEmbedder } from '@nearkin/embedders';
import type { RetrievalClassifier } from '@nearkin/retrieval';
import { exportTflite, type Normalization } from '@nearkin/tflite';
import { convertLayers, type LayersArtifacts } from '@nearkin/tflite/layers';
import { assertSameEmbedder } from '../encoders/same-embedder.js';
import { perChannel } from './normalization-value.js';

/**
 * Opens the `.tflite` that was named as the base.
 *
 * @throws {NearkinError} `NOT_FOUND`, what `loadTfliteEmbedder` throws
 */
export async function openBase(
  path: string,
  options: {
    readonly layer: string | undefined;
    readonly normalization: Normalization | undefined;
    readonly signal: AbortSignal;
  },
): Promise<TfliteEmbedder> {
  const { layer, normalization, signal } = options;
  const bytes = await readFile(path, { signal }).catch((cause: NodeJS.ErrnoException) => {
    throw fromErrno(cause, path);
  });
  const preprocessing = normalization && perChannel(normalization);
  return loadTfliteEmbedder(new Uint8Array(bytes), { layer, signal, ...(preprocessing ? { preprocessing } : {}) });
}

/**
 * Writes a classifier as one `.tflite` file, on the base that was named, else on the classifier's own embedder.
 *
 * @throws {NearkinError} `UNSUPPORTED` when the embedder is neither a `.tflite` model nor made of layers and no base was
 *   named; `DIMENSION_MISMATCH`, `MODEL_MISMATCH` for the base of another embedder; what `exportTflite` throws
 */
export async function exportAsTflite(
  classifier: RetrievalClassifier<ImageInput>,
  options: {
    readonly base: TfliteEmbedder | undefined;
    readonly normalization: Normalization | undefined;
    readonly output: string;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { base, normalization, output, signal } = options;
  const embedder = classifier.embedder as ImageEmbedder & Partial<Pick<TfliteEmbedder, 'tflite'>>;
  if (base) await assertSameEmbedder(embedder, base, { signal });
  const { model, embedding } = baseOf(base ?? embedder);
  throwIfAborted(signal);
  await replaceFile(output, exportTflite(classifier, model, { embedding, normalization }));
}

/** Which model the classes are put behind, and which tensor of it is the embedding. */
function baseOf({ tflite, model, id, preprocessing }: ImageEmbedder & Partial<Pick<TfliteEmbedder, 'tflite'>>): {
  readonly model: Uint8Array;
  readonly embedding: number | undefined;
} {
  if (tflite) return { model: tflite.bytes, embedding: tflite.index };
  if (model?.kind === 'layers' && model.artifacts)
    return { model: convertLayers(model.artifacts as LayersArtifacts, { preprocessing }), embedding: undefined };
  throw new NearkinError(
    'UNSUPPORTED',
    `The embedder ${id} is neither a .tflite model nor one of layers; name its .tflite with --base.`,
    { details: { modelId: id } },
  );
}
