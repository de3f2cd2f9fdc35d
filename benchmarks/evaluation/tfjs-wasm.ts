import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Vectors } from '@nearkin/core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** The gallery as a `[dim, rows]` tensor, the layout in which the backend is fast; then matMul and topk for a chunk. */
export async function openTfjsWasm(gallery: Vectors) {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(entry)}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  const columns = tf.tidy(() => tf.transpose(tf.tensor2d(gallery.data, [gallery.count, gallery.dim])));
  return {
    search(queries: Vectors, k: number): Int32Array {
      const indices = tf.tidy(() => {
        const scores = tf.matMul(tf.tensor2d(queries.data, [queries.count, queries.dim]), columns as tf.Tensor2D);
        return tf.topk(scores, k).indices;
      });
      const found = Int32Array.from(indices.dataSync());
      indices.dispose();
      return found;
    },
    dispose() {
      columns.dispose();
    },
  };
}
