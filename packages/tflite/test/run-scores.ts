import { createPicture } from '@nearkin/core';
import { loadTfliteEmbedder } from '@nearkin/embedders';
import { describeTflite } from '../src/metadata/describe-tflite.js';

/** Where a page finds the runtime; Node finds it by itself. */
const litert =
  typeof document === 'undefined'
    ? {}
    : { wasmPath: new URL('/packages/tflite/node_modules/@litertjs/core/wasm/', location.href).href };

/** Runs a `.tflite` model in LiteRT on square pictures of 8-bit samples: `[pictures, outputs]`. */
export async function runScores(
  bytes: Uint8Array,
  pictures: readonly Uint8Array[],
  { side }: { readonly side: number },
): Promise<number[][]> {
  const { outputs } = describeTflite(bytes);
  // Named, so that a softmax at the end is not taken for a head to be cut off.
  using model = await loadTfliteEmbedder(bytes, { layer: outputs[0]!.name, litert });
  const { data, dim } = await model.embed(
    pictures.map((samples) => createPicture({ data: samples, width: side, height: side, channels: 3 })),
  );
  return pictures.map((_, i) => [...data.subarray(i * dim, (i + 1) * dim)]);
}
