import {
  createVectors,
  type Embedder,
  type EmbedOptions,
  NearkinError,
  throwIfAborted,
  type Vectors,
} from '@nearkin/core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { type io, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { host } from '#picture-host';
import { outputShape } from '../models/graph-topology.js';
import { runError } from '../models/load-graph.js';
import { layersArtifacts } from '../models/load-layers.js';
import { embedderIdentity } from '../models/model-identity.js';
import { badModel } from '../models/weight-specs.js';
import type { ImageInput } from '../pictures/image-input.js';
import { preprocess } from '../pictures/preprocess.js';
import { createPreprocessing, type Preprocessing } from '../pictures/preprocessing.js';
import type { TransformersReference } from '../transformers/transformers-reference.js';
import { disposedError } from './disposed-error.js';

/**
 * The model inside an embedder, for those who build on it (a classifier adds its layers or nodes). Each maps
 * preprocessed pictures `[n, height, width, channels]` to embeddings `[n, dim]`.
 */
export type EmbedderModel =
  | {
      readonly kind: 'layers';
      /** Its last layer is the embedding. */
      readonly model: LayersModel;
      /** The same model as it is stored, quantised weights and all; read from the model where left out. */
      readonly artifacts?: io.ModelArtifacts | undefined;
    }
  | {
      readonly kind: 'graph';
      readonly model: GraphModel;
      /** Topology and weights as they are stored, cut off behind `outputNode`; the signature states its shape `[-1, dim]`. */
      readonly artifacts: io.ModelArtifacts;
      readonly inputNode: string;
      readonly outputNode: string;
    }
  /**
   * A model that lies elsewhere (in workers, in another library): it can embed, but nothing can be built onto it. With
   * `reference` it can be saved by name.
   */
  | { readonly kind: 'function'; readonly reference?: TransformersReference | undefined };

/** An embedder of pictures. */
export interface ImageEmbedder extends Embedder<ImageInput> {
  readonly preprocessing: Preprocessing;
  readonly model: EmbedderModel;
  [Symbol.dispose](): void;
}

export interface ImageEmbedderOptions {
  /** Width and height are taken from the model where it fixes them. */
  readonly preprocessing?: Partial<Preprocessing> | undefined;
  /** Identity; computed from weights, topology and preprocessing where left out. */
  readonly id?: string | undefined;
  /** Pictures given to the model at a time; default 8. A model that fixes its batch decides itself. */
  readonly batchSize?: number | undefined;
  /** Whether `dispose()` frees the model too; default false, since others may use it. */
  readonly ownsModel?: boolean | undefined;
}

/**
 * Makes an embedder of a model in memory.
 *
 * @throws {NearkinError} `BAD_MODEL` unless the model maps one picture input `[n, h, w, 3]` or `[n, h, w, 1]` to `[n, dim]`;
 *   `INVALID_ARGUMENT` for bad options, or when the model leaves its input size open and the options do too
 * @example
 * const embedder = createImageEmbedder({ kind: 'layers', model }, { preprocessing: { fit: 'crop' } });
 */
export function createImageEmbedder(
  model: Exclude<EmbedderModel, { kind: 'function' }>,
  options: ImageEmbedderOptions = {},
): ImageEmbedder {
  const { batchSize = 8, ownsModel = false } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a batch size of at least 1, got ${batchSize}.`, {
      details: { batchSize },
    });
  const where = 'The model';
  const input = modelInput(model, where);
  const preprocessing = fitPreprocessing(input, options.preprocessing, where);
  const dim = modelDim(model, where);
  const artifacts = model.artifacts ?? layersArtifacts((model as { model: LayersModel }).model, where);
  const output = model.kind === 'graph' ? model.outputNode : model.model.layers.at(-1)!.name;
  const id = options.id ?? embedderIdentity({ kind: model.kind, artifacts, output, dim, preprocessing });
  return openEmbedder({ ...model, artifacts } as typeof model, {
    id,
    dim,
    preprocessing,
    batchSize,
    fixedBatch: input[0]! > 0 ? input[0]! : undefined,
    dispose: () => {
      if (ownsModel) model.model.dispose();
    },
  });
}

interface OpenOptions {
  readonly id: string;
  readonly dim: number;
  readonly preprocessing: Preprocessing;
  readonly batchSize: number;
  readonly fixedBatch: number | undefined;
  readonly dispose: () => void;
}

function openEmbedder(model: Exclude<EmbedderModel, { kind: 'function' }>, options: OpenOptions): ImageEmbedder {
  const { id, dim, preprocessing, fixedBatch } = options;
  const batchSize = fixedBatch ?? options.batchSize;
  let disposed = false;
  const assertUsable = () => {
    if (disposed) throw disposedError();
  };
  const dispose = () => {
    if (disposed) return;
    disposed = true;
    options.dispose();
  };
  return Object.freeze({
    id,
    dim,
    preprocessing,
    model,
    dispose,
    [Symbol.dispose]: dispose,
    async embed(batch: readonly ImageInput[], { signal }: EmbedOptions = {}): Promise<Vectors> {
      assertUsable();
      const out = new Float32Array(batch.length * dim);
      const decode = (from: number) =>
        Promise.all(batch.slice(from, from + batchSize).map((one) => host.toPicture(one, { signal })));
      let next = batch.length > 0 ? decode(0) : undefined;
      for (let from = 0; from < batch.length; from += batchSize) {
        throwIfAborted(signal);
        const pictures = await next!;
        // The next pictures are decoded while these are embedded.
        next = from + batchSize < batch.length ? decode(from + batchSize) : undefined;
        next?.catch(() => {});
        throwIfAborted(signal);
        assertUsable();
        const rows = await run(model, preprocess(pictures, preprocessing), { count: pictures.length, options });
        out.set(rows, from * dim);
      }
      assertUsable();
      throwIfAborted(signal);
      return createVectors(out, dim);
    },
  });
}

async function run(
  model: Exclude<EmbedderModel, { kind: 'function' }>,
  samples: Float32Array,
  { count, options }: { count: number; options: OpenOptions },
): Promise<Float32Array> {
  const { dim, fixedBatch, preprocessing } = options;
  const { width, height } = preprocessing;
  const channels = channelCount(preprocessing);
  const rows = fixedBatch ?? count;
  let data = samples;
  if (rows > count) {
    data = new Float32Array(rows * width * height * channels);
    data.set(samples);
  }
  let output: Tensor;
  try {
    output = tidy(() => {
      const input = tensor4d(data, [rows, height, width, channels]);
      return model.kind === 'graph'
        ? (model.model.execute({ [model.inputNode]: input }, model.outputNode) as Tensor)
        : (model.model.predict(input, { batchSize: rows }) as Tensor);
    });
  } catch (cause) {
    throw runError(cause, 'The model');
  }
  try {
    const values = (await output.data()) as Float32Array;
    if (values.length !== rows * dim)
      throw badModel('The model', `it gave shape [${output.shape.join(', ')}], expected [${rows}, ${dim}]`);
    return values.subarray(0, count * dim);
  } finally {
    output.dispose();
  }
}

/** Input shape `[n, h, w, channels]` of a model; -1 where a side is open. */
function modelInput(model: Exclude<EmbedderModel, { kind: 'function' }>, where: string): number[] {
  const inputs = model.model.inputs as readonly { name: string; shape?: readonly (number | null)[] | undefined }[];
  const input = model.kind === 'graph' ? inputs.find(({ name }) => name.split(':')[0] === model.inputNode) : inputs[0];
  if (!input || (model.kind === 'layers' && inputs.length !== 1))
    throw badModel(where, `expected one picture input, got ${inputs.length} inputs`);
  return checkInputShape(input.shape, where);
}

/** @throws {NearkinError} `BAD_MODEL` unless the shape is one of colour or grey pictures, channels last */
export function checkInputShape(shape: readonly (number | null)[] | undefined, where: string): number[] {
  if (shape?.length !== 4 || (shape[3] !== 3 && shape[3] !== 1))
    throw badModel(
      where,
      `expected an input of shape [n, height, width, 3] or [n, height, width, 1], got [${(shape ?? []).map((side) => side ?? 'n').join(', ')}]`,
    );
  return shape.map((side) => side ?? -1);
}

/** Takes the size from the model where it fixes one, and grey from a model of one channel. */
export function fitPreprocessing(
  input: readonly number[],
  parts: Partial<Preprocessing> | undefined,
  where: string,
): Preprocessing {
  const [, height = -1, width = -1, channels = 3] = input;
  const sizes = {
    width: width > 0 ? width : (parts?.width ?? -1),
    height: height > 0 ? height : (parts?.height ?? -1),
  };
  if (sizes.width < 0 || sizes.height < 0)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `${where} takes pictures of any size; give preprocessing.width and preprocessing.height.`,
    );
  const clash = (parts?.width ?? sizes.width) !== sizes.width || (parts?.height ?? sizes.height) !== sizes.height;
  if (clash)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `${where} takes pictures of ${sizes.width} x ${sizes.height}, the preprocessing makes ${parts?.width} x ${parts?.height}.`,
      { details: { expected: [sizes.width, sizes.height], received: [parts?.width, parts?.height] } },
    );
  const fitted = createPreprocessing({ ...(channels === 1 ? { colorOrder: 'gray' } : {}), ...parts, ...sizes });
  if (channelCount(fitted) !== channels)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `${where} reads ${channels} ${channels === 1 ? 'channel' : 'channels'}, the preprocessing with colorOrder '${fitted.colorOrder}' makes ${channelCount(fitted)}.`,
      { details: { expected: channels, received: channelCount(fitted) } },
    );
  return fitted;
}

function channelCount({ colorOrder }: Preprocessing): number {
  return colorOrder === 'gray' ? 1 : 3;
}

function modelDim(model: Exclude<EmbedderModel, { kind: 'function' }>, where: string): number {
  const shape =
    model.kind === 'layers'
      ? (model.model.outputs[0]?.shape ?? [])
      : (outputShape(model.artifacts, model.outputNode) ?? []);
  const dim = shape[1];
  if (shape.length !== 2 || typeof dim !== 'number' || dim < 1)
    throw badModel(
      where,
      `expected embeddings of shape [n, dim], got [${shape.map((side) => side ?? 'n').join(', ')}]`,
    );
  return dim;
}
