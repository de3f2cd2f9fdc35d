import type { Vectors } from '@nearkin/core';
import { loadKernels, openExactScan } from '@nearkin/kernels';
import { createExactScan, type NeighborSearch } from './exact-scan.js';
import type { RetrievalDistance } from './retrieval-distance.js';

/**
 * The same rows as {@link createExactScan} by WebAssembly kernels on several threads, in single precision: rows whose
 * scores differ by less than its rounding may change places. Falls back to the reference for `manhattan`, and where
 * the host has no WebAssembly SIMD.
 */
export async function createKernelScan(
  gallery: Vectors,
  options: { readonly distance: RetrievalDistance; readonly workers: number | 'auto' },
): Promise<NeighborSearch> {
  const { distance, workers } = options;
  if (distance === 'manhattan') return createExactScan(gallery, distance);
  const kernels = await loadKernels({ shared: workers !== 1 });
  if (kernels.engine === 'js') return createExactScan(gallery, distance);
  const metric = distance === 'cosine' || distance === 'dot' ? distance : 'squaredL2';
  const scan = await openExactScan({ rows: gallery, metric, kernels, workers });
  return {
    async search(queries, { k, signal }) {
      const found = await scan.topK({ queries, k, signal });
      const scores = new Float64Array(found.scores.length);
      for (let i = 0; i < scores.length; i++)
        scores[i] = distance === 'euclidean' ? 0 - Math.sqrt(-found.scores[i]!) : found.scores[i]!;
      return { k: found.k, indices: found.rows, scores };
    },
    dispose: () => scan.dispose(),
  };
}
