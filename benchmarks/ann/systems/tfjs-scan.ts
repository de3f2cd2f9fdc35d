import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { vectorAt } from '@nearkin/core';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { cpuSeconds } from '../measure/cpu-time.js';
import type { Built, System } from './system.js';

const backendFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

/** Plain TensorFlow.js, WebAssembly backend, one thread: rows as `[dim, rows]`, matMul and topk for each query. */
export const tfjsScan: System = {
  name: 'tfjs matMul + topk',
  package: `@tensorflow/tfjs-backend-wasm ${tf.version_core}`,
  async build({ rows, metric }) {
    // The backend's largest tensors and squared distances are not what this baseline is about.
    if (metric !== 'cosine' || rows.count > 200_000) return undefined;
    setWasmPaths(backendFolder + sep);
    setThreadsCount(1);
    await tf.setBackend('wasm');
    const start = cpuSeconds();
    const matrix = tf.tidy(() => tf.transpose(tf.tensor2d(rows.data, [rows.count, rows.dim])));
    return {
      buildCpuSeconds: cpuSeconds() - start,
      memoryBytes: rows.data.byteLength,
      fileBytes: null,
      settings: [{ name: 'exact' }],
      queriesAtMost: 40,
      prepare: (queries) => Array.from({ length: queries.count }, (_, q) => vectorAt(queries, q)),
      use() {},
      search: (query, k) =>
        tf.tidy(() => {
          const scores = tf.matMul(tf.tensor2d(query as Float32Array, [1, rows.dim]), matrix as tf.Tensor2D);
          return tf.topk(scores, k, true).indices.dataSync();
        }),
      rowsOf: (answer) => answer as Int32Array,
      dispose: () => matrix.dispose(),
    } satisfies Built;
  },
};
