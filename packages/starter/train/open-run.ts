import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import {
  createDualEncoder,
  createHashedTextEmbedder,
  createImageEmbedder,
  type DualEncoder,
  hashTextFeatures,
  quantizeEmbedder,
  rememberFeatures,
} from '@nearkin/embedders';
import { createConvEmbedder, createTextEncoder } from '@nearkin/training';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { quantizeTextParts } from '../../training/src/models/quantize-text-parts.js';
import type { EmojiData } from './emoji-data.js';
import { side } from './emoji-data.js';
import { readArrays } from './run-files.js';

/** Size of the set of known features: about eight bits a feature. */
const filterBits = 2 ** 20;

/** tfjs on its WebAssembly backend, in one thread. */
export async function startBackend(): Promise<void> {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
}

/** The two towers as `train-starter.ts` trains them. @param layers `channels/stride,…` */
export function createTowers({ layers, dim, seed }: { layers: string; dim: number; seed: number }) {
  const image = createConvEmbedder({
    preprocessing: { width: side, height: side, fit: 'pad' },
    layers: layers.split(',').map((layer) => {
      const [channels, stride] = layer.split('/').map(Number);
      return { channels: channels!, stride: stride! };
    }),
    dim,
    seed,
  });
  return { image, text: createTextEncoder({ dim, seed }) };
}

/**
 * Weights of a run as the encoder that is shipped: a byte a number, and the features of all trained captions known.
 *
 * @param file as `train-starter.ts` wrote it
 * @param options.quantize default true
 */
export async function encoderOfRun(
  file: string,
  data: EmojiData,
  options: { readonly layers: string; readonly quantize?: boolean },
): Promise<DualEncoder> {
  const { quantize = true } = options;
  const array = await readArrays(file);
  const towers = createTowers({ layers: options.layers, dim: 128, seed: 1 });
  for (const { name, variable } of towers.image.weights)
    tf.tidy(() => variable.assign(tf.tensor(array(name), variable.shape) as never));
  const parts = {
    ...(await towers.text.parts({
      table: array('table'),
      weights: towers.text.weights.map(({ name }) => array(name)),
    })),
    known: rememberFeatures(trainedMarks(data, towers.text.hashing), filterBits),
  };
  const whole = createImageEmbedder(
    { kind: 'layers', model: towers.image.toLayersModel() },
    { preprocessing: towers.image.preprocessing, ownsModel: true },
  );
  return createDualEncoder({
    image: quantize ? await quantizeEmbedder(whole, 'uint8') : whole,
    text: createHashedTextEmbedder(quantize ? quantizeTextParts(parts) : parts),
  });
}

function trainedMarks(data: EmojiData, hashing: Parameters<typeof hashTextFeatures>[1]): Set<number> {
  const marks = new Set<number>();
  data.texts.forEach((texts, i) => {
    if (data.heldOut[i]) return;
    for (const { name, keywords } of Object.values(texts))
      for (const text of [name, ...keywords]) for (const mark of hashTextFeatures(text, hashing).marks) marks.add(mark);
  });
  return marks;
}
