import type { IndexShape } from '../options/index-options.js';
import type { BuildShape } from './build-shape.js';

/** Up to so many rows devices compare every one. */
const mostFlatRows = 20_000;

/**
 * The shape of an index that devices can search, where the command line leaves it open: every row of few, and of many
 * the setting of Google's own demonstration: partitions, 256 codewords for each dimension, codes of whole rows.
 */
export function deviceShape(shape: IndexShape, rows: number): BuildShape {
  const kind = shape.kind ?? (rows <= mostFlatRows ? 'flat' : 'partitioned');
  if (kind !== 'partitioned') return { ...shape, kind };
  const { codes = 'pq8' } = shape;
  if (codes === 'int8') return { ...shape, kind, codes, reorder: 'float32' };
  return {
    ...shape,
    kind,
    codes,
    reorder: 'none',
    residual: false,
    ...(codes === 'pq8' ? { dimensionsPerBlock: 1 } : {}),
  };
}
