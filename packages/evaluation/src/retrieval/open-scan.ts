import { NearkinError, type Vectors } from '@nearkin/core';
import { createExactScan, type NeighborSearch } from './exact-scan.js';
import { createKernelScan } from './kernel-scan.js';
import type { RetrievalDistance } from './retrieval-distance.js';

/** More multiplications than this are worth loading kernels and starting workers for. */
const jsMultiplications = 2 ** 28;

/**
 * The scan that suits the size of the job: double precision where it is quick enough, kernels beyond.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for an unknown engine
 */
export async function openScan(
  gallery: Vectors,
  options: {
    readonly distance: RetrievalDistance;
    readonly queryCount: number;
    readonly engine?: 'js' | 'wasm' | undefined;
    readonly workers?: number | 'auto' | undefined;
  },
): Promise<NeighborSearch> {
  const { distance, queryCount, workers = 'auto' } = options;
  const large = queryCount * gallery.count * gallery.dim > jsMultiplications;
  const engine = options.engine ?? (large ? 'wasm' : 'js');
  if (engine !== 'js' && engine !== 'wasm')
    throw new NearkinError('INVALID_ARGUMENT', `Expected the engine js or wasm, got ${engine}.`, {
      details: { engine },
    });
  return engine === 'js' ? createExactScan(gallery, distance) : createKernelScan(gallery, { distance, workers });
}
