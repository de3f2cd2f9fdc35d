import { assertFinite, createVectors, NearkinError, type Vectors } from '@nearkin/core';
import { assertCount } from '../numbers/check.js';
import { centredRows } from './centred-rows.js';
import { principalDirections } from './principal-directions.js';

/** Rows laid out in few dimensions. */
export interface PcaMap {
  /** Shape `[count, components]`: how far each row lies from the mean along each component, greatest variance first. */
  readonly coordinates: Vectors;
  /** Unit directions in the space of the rows, shape `[components, dim]`; zero where the rows do not vary any further. */
  readonly components: Vectors;
  /** Share of the rows' variance along each component; null when the rows do not vary. */
  readonly explained: readonly number[] | null;
}

export interface PcaOptions {
  /** Default 2. */
  readonly components?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Principal components: the flat map that keeps as much of the rows' variance as any can. Exact to rounding, found by
 * Lanczos iteration with full reorthogonalisation; at most 512 x 512 further numbers are held. Every
 * component points where its largest coefficient is positive: the same map on every host and in every run.
 *
 * @param vectors shape `[n, dim]`, n at least 1; taken as they are, not normalised
 * @throws {NearkinError} `EMPTY_GALLERY` for no rows, `NON_FINITE`, `INVALID_ARGUMENT`, `ABORTED`
 * @source G. H. Golub and C. F. Van Loan, "Matrix Computations", 4th ed., sections 10.1 and 10.3
 * @example
 * const { coordinates, explained } = projectPca(gallery.vectors);
 * coordinates.dim; // 2
 */
export function projectPca(vectors: Vectors, options: PcaOptions = {}): PcaMap {
  const { components = 2 } = options;
  assertCount('components', components);
  const { count, dim } = vectors;
  if (count === 0) throw new NearkinError('EMPTY_GALLERY', 'Expected at least one row to lay out, got none.');
  assertFinite(vectors);
  const rows = centredRows(vectors);
  const pairs = principalDirections(rows, { wanted: components, signal: options.signal });
  const directions = new Float32Array(components * dim);
  const coordinates = new Float32Array(count * components);
  pairs.forEach(({ vector }, i) => {
    orient(vector);
    directions.set(vector, i * dim);
    rows.along(vector).forEach((value, row) => {
      coordinates[row * components + i] = value;
    });
  });
  const shares = Array.from({ length: components }, (_, i) => Math.max(0, pairs[i]?.value ?? 0) / rows.total);
  return Object.freeze({
    coordinates: createVectors(coordinates, components),
    components: createVectors(directions, dim),
    explained: rows.total === 0 ? null : Object.freeze(shares),
  });
}

/** Flips a vector so that its coefficient of largest magnitude, the first of equals, is positive. */
function orient(vector: Float64Array): void {
  let at = 0;
  vector.forEach((value, i) => {
    if (Math.abs(value) > Math.abs(vector[at]!) * (1 + 1e-9)) at = i;
  });
  if (vector[at]! < 0) for (let i = 0; i < vector.length; i++) vector[i] = -vector[i]!;
}
