import { type JobOptions, NearkinError, type Vectors } from '@nearkin/core';
import type { CodeKind, IndexKind, Metric, ReorderKind } from '../state/index-header.js';

/** How an index is built. Nothing has to be said; names are those of ScaNN where it has one. */
export interface BuildIndexOptions extends JobOptions {
  /** Default: `flat` up to 20,000 rows, `flatInt8` up to 100,000, `partitioned` beyond. */
  readonly kind?: IndexKind | undefined;
  /** Default `cosine`. */
  readonly metric?: Metric | undefined;
  /** ScaNN: num_leaves. Default `auto`: about the square root of the rows, more beyond a few millions. */
  readonly partitions?: number | 'auto' | undefined;
  /** ScaNN: num_leaves_to_search. The default of searches; left out, it is tuned. */
  readonly partitionsToSearch?: number | undefined;
  /** ScaNN: spherical. Learn partitions by direction alone; centroids are still means. Default: under cosine. */
  readonly spherical?: boolean | undefined;
  /**
   * ScaNN: soar_lambda. Rows of a partitioned index stand in a second partition too, the one that helps most where their
   * first is missed: fewer partitions to search for the same recall, about twice the memory. For cosine and dot, from a
   * million rows and recall 0.95 up; lambda about 1. Default: off.
   */
  readonly soar?: number | { readonly lambda: number } | undefined;
  /** `pq4` (ScaNN: lut16, default), `pq8` (lut256) or `int8` rows without product codes. */
  readonly codes?: CodeKind | undefined;
  /** pq4, pq8. Default 2 up to 128 dimensions, 3 up to 384, then 4. */
  readonly dimensionsPerBlock?: number | undefined;
  /** Code differences to centroids (default) or rows. The on-device Searcher codes rows. */
  readonly residual?: boolean | undefined;
  /**
   * ScaNN: anisotropic_quantization_threshold, as a share of a row's length; 0 for plain squared error. Default for
   * cosine and dot: 0.2 up to 128 dimensions, then 0.2 (128 / d)^0.75; for squaredL2: 0.
   */
  readonly anisotropicThreshold?: number | undefined;
  /** Rows kept for scoring candidates again. Default `int8`; `none` keeps codes only. */
  readonly reorder?: ReorderKind | undefined;
  /** ScaNN: pre_reorder_num_neighbors. The default of searches for 10 rows; left out, it is tuned. */
  readonly reorderCandidates?: number | undefined;
  /** Share of the true best 10 that searches shall find: sets partitionsToSearch and reorderCandidates. Default 0.95. */
  readonly targetRecall?: number | undefined;
  /** Vectors like those that will be asked, to tune with; default: rows of the gallery, each without itself. */
  readonly queries?: Vectors | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** `js` for a host that must not use WebAssembly. */
  readonly engine?: 'wasm' | 'js' | undefined;
  /** Use relaxed SIMD; default: where the host has it. */
  readonly relaxed?: boolean | undefined;
  /** Put the index where several workers can search it at a time. */
  readonly shared?: boolean | undefined;
}

/** SOAR's lambda, undefined for no copies. */
export function soarWeight(soar: BuildIndexOptions['soar']): number | undefined {
  return typeof soar === 'object' && soar !== null ? soar.lambda : soar;
}

/** @throws {NearkinError} `INVALID_ARGUMENT` naming the option */
export function checkBuildOptions(options: BuildIndexOptions): void {
  oneOf('kind', options.kind, ['flat', 'flatInt8', 'partitioned']);
  oneOf('metric', options.metric, ['cosine', 'dot', 'squaredL2']);
  oneOf('codes', options.codes, ['pq4', 'pq8', 'int8']);
  oneOf('reorder', options.reorder, ['int8', 'bf16', 'float32', 'none']);
  oneOf('engine', options.engine, ['wasm', 'js']);
  if (options.partitions !== 'auto') whole('partitions', options.partitions, 1);
  whole('partitionsToSearch', options.partitionsToSearch, 1);
  whole('dimensionsPerBlock', options.dimensionsPerBlock, 1);
  whole('reorderCandidates', options.reorderCandidates, 0);
  within('anisotropicThreshold', options.anisotropicThreshold, [0, 0.999]);
  within('soar', soarWeight(options.soar), [0, 1e6]);
  within('targetRecall', options.targetRecall, [0, 1]);
}

function bad(name: string, expected: string, value: unknown): NearkinError {
  return new NearkinError('INVALID_ARGUMENT', `Expected ${name} to be ${expected}, got ${JSON.stringify(value)}.`, {
    details: { name, value },
  });
}

function oneOf(name: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value)) throw bad(name, `one of ${allowed.join(', ')}`, value);
}

function whole(name: string, value: number | undefined, least: number): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= least))
    throw bad(name, `a whole number of at least ${least}`, value);
}

function within(name: string, value: number | undefined, [low, high]: readonly [number, number]): void {
  if (value !== undefined && !(value >= low && value <= high)) throw bad(name, `from ${low} to ${high}`, value);
}
