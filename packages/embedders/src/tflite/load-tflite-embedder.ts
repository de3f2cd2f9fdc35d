import { createVectors, NearkinError, openBundle, throwIfAborted } from '@nearkin/core';
import { liteRtHost } from '#litert-host';
import { host } from '#picture-host';
import { fromFunction } from '../image/from-function.js';
import { checkInputShape, fitPreprocessing, type ImageEmbedder } from '../image/image-embedder.js';
import type { LoadImageEmbedderOptions } from '../image/load-image-embedder.js';
import { hashIdentity } from '../models/model-identity.js';
import { badModel } from '../models/weight-specs.js';
import type { ImageInput } from '../pictures/image-input.js';
import { inputChannels } from '../pictures/input-channels.js';
import { preprocess } from '../pictures/preprocess.js';
import type { Preprocessing } from '../pictures/preprocessing.js';
import { runTflite, type TfliteSession } from './run-tflite.js';
import { readTfliteFile, type TfliteFile, type TfliteTensor } from './tflite-file.js';

/** A path, a URL, or the bytes of a `.tflite` file. */
export type TfliteSource = string | URL | Uint8Array;

/** An embedder that is a `.tflite` model. */
export interface TfliteEmbedder extends ImageEmbedder {
  /** The file and the tensor that is its embedding: a base model to export a classifier on. */
  readonly tflite: { readonly bytes: Uint8Array; readonly embedding: string; readonly index: number };
}

/**
 * Opens a `.tflite` model as an embedder, through LiteRT (`@litertjs/core`, an optional peer).
 *
 * The normalisation is what the TFLite metadata says, else samples are scaled to [-1, 1]; a quantised input takes pixels
 * as they are. Pictures are cropped to the model's shape as for every other embedder, not squashed as mobile runtimes do,
 * unless `preprocessing.fit` says so. Quantised embeddings are given as real numbers.
 *
 * @param source a path, URL, or the bytes
 * @throws {NearkinError} `MISSING_DEPENDENCY`, `BACKEND_UNAVAILABLE`, `NOT_FOUND`, `BAD_FORMAT`, `BAD_MODEL`,
 *   `UNKNOWN_LAYER`, `UNSUPPORTED` for inputs or outputs that the runtime cannot exchange (int8), `INVALID_ARGUMENT`
 */
export async function loadTfliteEmbedder(
  source: TfliteSource,
  options: LoadImageEmbedderOptions = {},
): Promise<TfliteEmbedder> {
  const { signal } = options;
  const { bytes, where } = await readSource(source, signal);
  const file = readTfliteFile(bytes, where);
  const tensor = file.embedding(options.layer);
  const dim = embeddingDim(tensor, where);
  assertExchangeable(file.input, where);
  assertExchangeable(tensor, where);
  const shape = checkInputShape(file.input.shape, where);
  const preprocessing = fitPreprocessing(shape, { ...normalizationOf(file, where), ...options.preprocessing }, where);
  throwIfAborted(signal);
  // Whatever is built on the embedder computes with tfjs, as with every other one.
  await host.ensureBackend();
  const library = await liteRtHost.load(options.litert ?? {});
  const isOutput = file.outputs.length === 1 && file.outputs[0]!.index === tensor.index;
  const session = await runTflite(library, isOutput ? bytes : file.withOutput(tensor), {
    input: file.input,
    output: tensor,
    dim,
    where,
  });
  const id =
    options.id ?? hashIdentity(`tflite-${dim}`, { kind: 'tflite', output: tensor.index, preprocessing }, [bytes]);
  return open(session, { id, dim, preprocessing, tflite: { bytes, embedding: tensor.name, index: tensor.index } });
}

/** Whether a source is for this loader: the name of a `.tflite` file, or bytes. */
export function isTfliteSource(source: unknown): boolean {
  if (source instanceof Uint8Array) return true;
  if (typeof source !== 'string' && !(source instanceof URL)) return false;
  return /\.tflite$/i.test(String(source).split(/[?#]/)[0]!);
}

function open(
  session: TfliteSession,
  parts: {
    readonly id: string;
    readonly dim: number;
    readonly preprocessing: Preprocessing;
    readonly tflite: TfliteEmbedder['tflite'];
  },
): TfliteEmbedder {
  const { id, dim, preprocessing, tflite } = parts;
  const size = preprocessing.width * preprocessing.height * inputChannels(preprocessing).length;
  const shared = fromFunction(
    async (batch: readonly ImageInput[], { signal } = {}) => {
      const out = new Float32Array(batch.length * dim);
      const rows = session.batch;
      for (let from = 0; from < batch.length; from += rows) {
        throwIfAborted(signal);
        const part = batch.slice(from, from + rows);
        const pictures = await Promise.all(part.map((one) => host.toPicture(one, { signal })));
        const samples = new Float32Array(rows * size);
        samples.set(preprocess(pictures, preprocessing));
        out.set((await session.run(samples)).subarray(0, part.length * dim), from * dim);
      }
      return createVectors(out, dim);
    },
    { id, dim, dispose: () => session.dispose() },
  );
  return Object.freeze({
    ...shared,
    [Symbol.dispose]: shared.dispose,
    preprocessing,
    model: { kind: 'function' } as const,
    tflite: Object.freeze(tflite),
  });
}

async function readSource(
  source: TfliteSource,
  signal: AbortSignal | undefined,
): Promise<{ bytes: Uint8Array; where: string }> {
  if (source instanceof Uint8Array) return { bytes: source, where: 'The .tflite model' };
  const text = String(source);
  const [, folder = '', name = ''] = /^(.*?)([^/\\]+)$/s.exec(text) ?? [];
  const { bundle } = await openBundle(folder || '.');
  return { bytes: await bundle.read(name, { signal }), where: text };
}

/** Numbers in the embedding of one picture; maps are averaged over their sides. */
function embeddingDim({ shape, name }: TfliteTensor, where: string): number {
  const dim = shape.length >= 2 ? shape.at(-1)! : 0;
  if (dim >= 1 && shape.length <= 4) return dim;
  throw badModel(where, `${name} gives shape [${shape.join(', ')}], expected [n, dim] or [n, h, w, c]`);
}

function normalizationOf({ input, normalization }: TfliteFile, where: string): Partial<Preprocessing> {
  if (input.type === 'uint8') return { mean: [0, 0, 0], std: [1, 1, 1] };
  if (!normalization) return {};
  const triple = (numbers: readonly number[]): [number, number, number] => {
    const [first, second = first, third = first] = numbers;
    if ((numbers.length !== 1 && numbers.length !== 3) || first === undefined)
      throw badModel(where, `its metadata normalises by ${numbers.length} numbers`);
    return [first, second!, third!];
  };
  return { mean: triple(normalization.mean), std: triple(normalization.std) };
}

function assertExchangeable({ name, type, typeName, scale }: TfliteTensor, where: string): void {
  if (type === 'other')
    throw new NearkinError(
      'UNSUPPORTED',
      `${where}: ${name} is ${typeName}; LiteRT for JavaScript exchanges float32 and uint8 only. Convert the model with float inputs and outputs.`,
      { details: { tensor: name, type: typeName } },
    );
  if (type === 'uint8' && !(scale !== undefined && Number.isFinite(scale) && scale > 0))
    throw badModel(where, `${name} is quantised but states no scale`);
}
