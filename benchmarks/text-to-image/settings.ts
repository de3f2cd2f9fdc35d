import type { BuildIndexOptions } from '@nearkin/searcher';

/** The source's data: COCO's training and restval pictures, 128 numbers each. */
export const rows = 123_287;
export const dim = 128;

export interface Setting {
  readonly name: string;
  readonly title: string;
  readonly index: Omit<BuildIndexOptions, 'signal' | 'onProgress'>;
}

/** @source TensorFlow blog, On-device text-to-image search (2022): 351 partitions, 4 searched */
export const settings: readonly Setting[] = [
  {
    name: 'theirs',
    title: "the source's: 351 partitions, 4 searched, 256 codes for each dimension, no rows",
    index: {
      kind: 'partitioned',
      partitions: 351,
      partitionsToSearch: 4,
      codes: 'pq8',
      dimensionsPerBlock: 1,
      residual: false,
      anisotropicThreshold: 0.2,
      reorder: 'none',
    },
  },
  {
    name: 'theirs-reordered',
    title: '351 partitions, 4 searched, 4-bit codes, int8 rows for reorder',
    index: { kind: 'partitioned', partitions: 351, partitionsToSearch: 4, codes: 'pq4', reorder: 'int8' },
  },
  { name: 'default', title: 'our default: nothing said', index: {} },
];
