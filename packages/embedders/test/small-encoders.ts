import { createRng } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import { model as createModel } from '@tensorflow/tfjs-layers';
import { createDualEncoder, type DualEncoder } from '../src/encoders/create-encoder.js';
import { createImageEmbedder, type ImageEmbedder } from '../src/image/image-embedder.js';
import {
  createHashedTextEmbedder,
  type HashedTextEmbedder,
  type StoredMatrix,
} from '../src/text/hashed-text-embedder.js';
import { rememberFeatures } from '../src/text/known-features.js';
import { hashTextFeatures } from '../src/text/text-features.js';
import { smallClassifier } from './small-models.js';

/** 8 x 8 pixels to 4 numbers, with random weights. */
export function smallImageEmbedder(seed = 1): ImageEmbedder {
  const whole = smallClassifier({ seed });
  const model = createModel({ inputs: whole.inputs, outputs: whole.getLayer('pooled').output, name: 'tower' });
  return createImageEmbedder({ kind: 'layers', model }, { ownsModel: true });
}

/** Texts to `dim` numbers, with random weights; with `known`, words of other texts say nothing to it. */
export function smallTextEmbedder(
  options: { dim?: number; seed?: number; known?: readonly string[]; bytes?: boolean } = {},
): HashedTextEmbedder {
  const { dim = 4, seed = 1, known, bytes = false } = options;
  const rng = createRng(seed);
  const matrix = (rows: number, columns: number): StoredMatrix =>
    bytes
      ? {
          rows,
          columns,
          data: Uint8Array.from({ length: rows * columns }, () => rng.integer(256)),
          scale: 0.01,
          min: -1.27,
        }
      : { rows, columns, data: Float32Array.from({ length: rows * columns }, () => rng.normal()) };
  const hashing = { rows: 64, seed: 7 };
  return createHashedTextEmbedder({
    hashing,
    table: matrix(64, 6),
    direct: matrix(6, dim),
    hidden: matrix(6, 5),
    hiddenBias: matrix(1, 5),
    output: matrix(5, dim),
    ...(known
      ? {
          known: rememberFeatures(
            known.flatMap((text) => [...hashTextFeatures(text, hashing).marks]),
            4096,
          ),
        }
      : {}),
  });
}

export function smallDualEncoder(options: { seed?: number; known?: readonly string[] } = {}): DualEncoder {
  return createDualEncoder({ image: smallImageEmbedder(options.seed), text: smallTextEmbedder(options) });
}

/** Pieces of the small sentence models: `[UNK]` is 1. */
export const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', 'cat', '##s', 'dog', 'katze', '猫'];
/** `[pieces, 3]` */
export const pieceTable = Float32Array.from({ length: pieces.length * 3 }, (_, i) => Math.sin(i * 1.7) + i / 40);

const int = { type: 'DT_INT32' };
const float = { type: 'DT_FLOAT' };
const placeholder = (name: string, sides: number) => ({
  name,
  op: 'Placeholder',
  attr: { dtype: int, shape: { shape: { dim: Array.from({ length: sides }, () => ({ size: '-1' })) } } },
});
const constant = (name: string, dtype: object) => ({ name, op: 'Const', attr: { dtype } });
const gather = (name: string, input: string[]) => ({
  name,
  op: 'GatherV2',
  input,
  attr: { Tparams: float, Tindices: int, Taxis: int, batch_dims: { i: '0' } },
});

function artifacts(node: object[], ints: Record<string, { shape: number[]; values: number[] }>): io.ModelArtifacts {
  const parts = [new Uint8Array(pieceTable.buffer)];
  const specs: io.WeightsManifestEntry[] = [{ name: 'table', shape: [pieces.length, 3], dtype: 'float32' }];
  for (const [name, { shape, values }] of Object.entries(ints)) {
    parts.push(new Uint8Array(Int32Array.from(values).buffer));
    specs.push({ name, shape, dtype: 'int32' });
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return {
    format: 'graph-model',
    modelTopology: { node, library: {}, versions: { producer: 1 } },
    weightSpecs: specs,
    weightData: bytes.buffer,
  };
}

/** ids and mask in, one row of the table for each token out: `[n, tokens, 3]`. */
export function denseSentenceModel(): io.ModelArtifacts {
  return artifacts(
    [
      placeholder('input_ids', 2),
      placeholder('attention_mask', 2),
      constant('table', float),
      constant('axis', int),
      gather('tokens', ['table', 'input_ids', 'axis']),
      { name: 'mask_float', op: 'Cast', input: ['attention_mask'], attr: { SrcT: int, DstT: float } },
      constant('last', int),
      { name: 'mask_column', op: 'ExpandDims', input: ['mask_float', 'last'], attr: { T: float, Tdim: int } },
      { name: 'masked', op: 'Mul', input: ['tokens', 'mask_column'], attr: { T: float } },
    ],
    { axis: { shape: [], values: [0] }, last: { shape: [], values: [-1] } },
  );
}

/** `indices` and `values` in, the mean of a text's rows of the table out: `[n, 3]`. */
export function sparseSentenceModel(): io.ModelArtifacts {
  return artifacts(
    [
      placeholder('indices', 2),
      placeholder('values', 1),
      constant('table', float),
      constant('zero', int),
      constant('one', int),
      gather('rows', ['indices', 'zero', 'one']),
      { name: 'mean', op: 'SparseSegmentMean', input: ['table', 'values', 'rows'], attr: { T: float } },
    ],
    { zero: { shape: [], values: [0] }, one: { shape: [], values: [1] } },
  );
}
