import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Vectors } from '@nearkin/core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** How the gallery lies: as it is (`rows`, multiplied transposed), or transposed beforehand, which the backend likes better. */
export type TfjsLayout = 'rows' | 'columns';

/** matMul and topk on tfjs's wasm backend. */
export async function openTfjsWasm(gallery: Vectors, layout: TfjsLayout) {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(entry)}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  const matrix = tf.tidy(() => {
    const rows = tf.tensor2d(gallery.data, [gallery.count, gallery.dim]);
    return layout === 'rows' ? rows : (tf.transpose(rows) as tf.Tensor2D);
  });
  return {
    search(queries: Vectors, k: number): Int32Array {
      const indices = tf.tidy(() => {
        const asked = tf.tensor2d(queries.data, [queries.count, queries.dim]);
        return tf.topk(tf.matMul(asked, matrix, false, layout === 'rows'), k).indices;
      });
      const found = Int32Array.from(indices.dataSync());
      indices.dispose();
      return found;
    },
    dispose() {
      matrix.dispose();
    },
  };
}
