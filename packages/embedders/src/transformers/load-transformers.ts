import {
  createVectors,
  type Embedder,
  type JobOptions,
  NearkinError,
  throwIfAborted,
  type Vectors,
} from '@nearkin/core';
import { host } from '#picture-host';
import { createEncoder, type Encoder } from '../encoders/create-encoder.js';
import { disposedError } from '../image/disposed-error.js';
import type { ImageEmbedder } from '../image/image-embedder.js';
import { hashIdentity } from '../models/model-identity.js';
import { badModel } from '../models/weight-specs.js';
import type { ImageInput } from '../pictures/image-input.js';
import { preprocess } from '../pictures/preprocess.js';
import { checkText, type TextEmbedder } from '../text/text-embedder.js';
import { embeddingsOf } from './transformers-answer.js';
import { fromHub, type LibraryModel, type TransformersLibrary, transformersLibrary } from './transformers-library.js';
import { transformersPreprocessing } from './transformers-preprocessing.js';
import type { TransformersReference } from './transformers-reference.js';
import type { TransformersOptions } from './transformers-source.js';

export interface LoadTransformersOptions extends JobOptions {
  /** Pictures or texts given to the model at a time; default 8. */
  readonly batchSize?: number | undefined;
  readonly transformers?: TransformersOptions | undefined;
  /** Identity that the embedder must have: another one is a `MODEL_MISMATCH`. */
  readonly expected?: string | undefined;
}

/** Classes of models that have two towers, and which outputs are in the common space. */
const dual: Readonly<Record<string, { image: string; text: string; padded: boolean }>> = {
  clip: { image: 'CLIPVisionModelWithProjection', text: 'CLIPTextModelWithProjection', padded: false },
  siglip: { image: 'SiglipVisionModel', text: 'SiglipTextModel', padded: true },
};

/**
 * Opens a model of @huggingface/transformers: both towers of a CLIP or SigLIP; of another model the side that it has a
 * preprocessor or a tokenizer for.
 *
 * @throws {NearkinError} `MISSING_DEPENDENCY`, `NOT_FOUND`, `BAD_MODEL`, `ABORTED`
 */
export async function loadTransformersEncoder(
  reference: TransformersReference,
  options: LoadTransformersOptions = {},
): Promise<Encoder> {
  const library = await transformersLibrary(options.transformers);
  if (await isDual(library, reference, options)) {
    const image = await loadTransformersImages(reference, options);
    try {
      return createEncoder({ image, text: await loadTransformersTexts(reference, options) });
    } catch (error) {
      image.dispose();
      throw error;
    }
  }
  const image = await loadTransformersImages(reference, options).catch((error: unknown) => {
    if (error instanceof NearkinError && (error.code === 'NOT_FOUND' || error.code === 'BAD_MODEL')) return error;
    throw error;
  });
  if (!(image instanceof NearkinError)) return createEncoder({ image });
  return createEncoder({ text: await loadTransformersTexts(reference, options) });
}

/**
 * Opens the pictures' side. The preprocessing is this package's own, by the model's numbers, so that vectors are the
 * same on every host. Of a model that answers for patches the first (class) token counts, or their mean.
 */
export async function loadTransformersImages(
  reference: TransformersReference,
  options: LoadTransformersOptions = {},
): Promise<ImageEmbedder> {
  const library = await transformersLibrary(options.transformers);
  const processor = await fromHub(library.AutoImageProcessor ?? library.AutoProcessor, reference, {
    options: options.transformers,
  });
  const preprocessing = transformersPreprocessing(
    (processor['image_processor'] as Record<string, unknown> | undefined) ?? processor,
    reference.model,
  );
  const { model, joint } = await loadModel(library, { side: 'image', reference, options });
  const { width, height } = preprocessing;
  const embed = (samples: Float32Array, count: number) => {
    const pixels = new library.Tensor('float32', channelsFirst(samples, count), [count, 3, height, width]);
    return embeddingsOf(model, { pixel_values: pixels }, { reference, joint, pooling: 'first' });
  };
  const { dim } = await probe(model, () => embed(new Float32Array(3 * width * height), 1));
  const id = identity('image', { reference, dim, preprocessing, expected: options.expected });
  const shared = openModel<ImageInput>(model, {
    id,
    dim,
    batchSize: options.batchSize,
    async run(batch, signal) {
      const pictures = await Promise.all(batch.map((one) => host.toPicture(one, { signal })));
      throwIfAborted(signal);
      return embed(preprocess(pictures, preprocessing), pictures.length);
    },
  });
  return Object.freeze({ ...shared, preprocessing, model: { kind: 'function', reference } as const });
}

/** Opens the texts' side. Of a model that answers for tokens their mean counts, without padding. */
export async function loadTransformersTexts(
  reference: TransformersReference,
  options: LoadTransformersOptions = {},
): Promise<TextEmbedder> {
  const library = await transformersLibrary(options.transformers);
  const tokenizer = await fromHub(library.AutoTokenizer, reference, { options: options.transformers });
  const { model, joint, padded } = await loadModel(library, { side: 'text', reference, options });
  const embed = (texts: readonly string[]) => {
    const inputs = tokenizer([...texts], { padding: padded ? 'max_length' : true, truncation: true });
    return embeddingsOf(model, inputs, { reference, joint, pooling: 'mean' });
  };
  const { dim } = await probe(model, () => embed(['a']));
  const id = identity('text', { reference, dim, expected: options.expected });
  const shared = openModel<string>(model, {
    id,
    dim,
    batchSize: options.batchSize,
    async run(batch) {
      const texts = batch.map(checkText);
      const saying = texts.flatMap((text, row) => (text.trim() === '' ? [] : [row]));
      const out = new Float32Array(batch.length * dim);
      if (saying.length > 0) {
        const rows = await embed(saying.map((row) => texts[row]!));
        saying.forEach((row, i) => {
          out.set(rows.data.subarray(i * dim, (i + 1) * dim), row * dim);
        });
      }
      return createVectors(out, dim);
    },
  });
  return Object.freeze({ ...shared, model: { kind: 'transformers', reference } as const });
}

async function isDual(
  library: TransformersLibrary,
  reference: TransformersReference,
  options: LoadTransformersOptions,
): Promise<boolean> {
  const { model_type: type = '' } = await fromHub(library.AutoConfig, reference, { options: options.transformers });
  return Object.hasOwn(dual, type);
}

async function loadModel(
  library: TransformersLibrary,
  {
    side,
    reference,
    options,
  }: { side: 'image' | 'text'; reference: TransformersReference; options: LoadTransformersOptions },
): Promise<{ model: LibraryModel; joint: boolean; padded: boolean }> {
  const settings = { options: options.transformers };
  throwIfAborted(options.signal);
  const config = await fromHub(library.AutoConfig, reference, settings);
  const classes = dual[config.model_type ?? ''];
  const name = classes?.[side] ?? 'AutoModel';
  const loader = library[name] as TransformersLibrary['AutoModel'] | undefined;
  if (!loader) throw badModel(reference.model, `this version of @huggingface/transformers has no ${name}`);
  const model = await fromHub(loader, reference, settings);
  throwIfAborted(options.signal);
  return { model, joint: classes !== undefined, padded: classes?.padded ?? false };
}

function openModel<Input>(
  model: LibraryModel,
  options: {
    id: string;
    dim: number;
    batchSize: number | undefined;
    run: (batch: readonly Input[], signal: AbortSignal | undefined) => Promise<Vectors>;
  },
): Embedder<Input> & { [Symbol.dispose](): void } {
  const { id, dim, batchSize = 8, run } = options;
  let disposed = false;
  const dispose = () => {
    if (!disposed) void Promise.resolve(model.dispose?.()).catch(() => {});
    disposed = true;
  };
  return {
    id,
    dim,
    async embed(batch, { signal } = {}) {
      const out = new Float32Array(batch.length * dim);
      for (let from = 0; from < batch.length; from += batchSize) {
        if (disposed) throw disposedError();
        throwIfAborted(signal);
        out.set((await run(batch.slice(from, from + batchSize), signal)).data, from * dim);
      }
      if (disposed) throw disposedError();
      throwIfAborted(signal);
      return createVectors(out, dim);
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

async function probe(model: LibraryModel, run: () => Promise<Vectors>): Promise<Vectors> {
  try {
    return await run();
  } catch (error) {
    await model.dispose?.();
    throw error;
  }
}

/** Name, revision, type of weights and how the answer is used; the weights themselves are the library's. */
function identity(
  side: 'image' | 'text',
  {
    reference,
    dim,
    expected,
    ...facts
  }: { reference: TransformersReference; dim: number; expected: string | undefined; preprocessing?: unknown },
): string {
  const id = hashIdentity(`hf-${side}-${dim}`, { side, reference, ...facts });
  if (expected !== undefined && expected !== id)
    throw new NearkinError(
      'MODEL_MISMATCH',
      `Expected ${reference.model} to be ${expected}, got ${id}; its preprocessing or size has changed on the hub.`,
      { details: { expected, received: id } },
    );
  return id;
}

/** `[n, h, w, 3]` to `[n, 3, h, w]`. */
function channelsFirst(samples: Float32Array, count: number): Float32Array {
  const out = new Float32Array(samples.length);
  const pixels = samples.length / count / 3;
  for (let n = 0; n < count; n++)
    for (let p = 0; p < pixels; p++)
      for (let c = 0; c < 3; c++) out[(n * 3 + c) * pixels + p] = samples[(n * pixels + p) * 3 + c]!;
  return out;
}
