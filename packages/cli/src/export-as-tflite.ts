import { readFile } from 'node:fs/promises';
import { NearkinError, throwIfAborted } from '@nearkin/core';
import { fromErrno, replaceFile } from '@nearkin/core/node';
import { type ImageEmbedder, type ImageInput, loadTfliteEmbedder, type TfliteEmbedder } from '@nearkin/embedders';
import type { RetrievalClassifier } from '@nearkin/retrieval';
import { exportTflite } from '@nearkin/tflite';
import { convertLayers, type LayersArtifacts } from '@nearkin/tflite/layers';
import { assertSameEmbedder } from './same-embedder.js';

/** Which model the classes are put behind. */
interface Base {
  readonly model: Uint8Array;
  readonly embedding: string | number | undefined;
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
    readonly base: string | undefined;
    readonly layer: string | undefined;
    readonly output: string;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { output, signal } = options;
  const embedder = classifier.embedder as ImageEmbedder & Partial<Pick<TfliteEmbedder, 'tflite'>>;
  const { model, embedding } =
    options.base === undefined ? ownBase(embedder) : await namedBase(options.base, { ...options, embedder });
  throwIfAborted(signal);
  await replaceFile(output, exportTflite(classifier, model, { embedding }));
}

function ownBase({ tflite, model, id, preprocessing }: ImageEmbedder & Partial<Pick<TfliteEmbedder, 'tflite'>>): Base {
  if (tflite) return { model: tflite.bytes, embedding: tflite.index };
  if (model?.kind === 'layers' && model.artifacts)
    return { model: convertLayers(model.artifacts as LayersArtifacts, { preprocessing }), embedding: undefined };
  throw new NearkinError(
    'UNSUPPORTED',
    `The embedder ${id} is neither a .tflite model nor one of layers; name its .tflite with --base.`,
    { details: { modelId: id } },
  );
}

async function namedBase(
  path: string,
  options: { readonly layer: string | undefined; readonly embedder: ImageEmbedder; readonly signal: AbortSignal },
): Promise<Base> {
  const { layer, embedder, signal } = options;
  const bytes = await readFile(path, { signal }).catch((cause: NodeJS.ErrnoException) => {
    throw fromErrno(cause, path);
  });
  using base = await loadTfliteEmbedder(new Uint8Array(bytes), { layer, signal });
  await assertSameEmbedder(embedder, base, { signal });
  return { model: base.tflite.bytes, embedding: base.tflite.index };
}
