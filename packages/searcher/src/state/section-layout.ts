import type { IndexHeader } from './index-header.js';

/** Names of the byte sections of an index. */
export type SectionName =
  /** f32 `[partitions, stride4]`, rows padded with zeros to a multiple of 4 numbers. */
  | 'centroids'
  /** f32 `[blocks, codewords, dimensionsPerBlock]`, missing dimensions of the last block zero. */
  | 'codebook'
  /** u32 `[partitions + 1]`: first row of each partition, rising from 0 to `count`. */
  | 'partition.offsets'
  /** u32 `[count]`: the gallery row of each row; a permutation. */
  | 'row.ids'
  /** Codes, per partition. pq4: `[ceil(rows / 32), evenBlocks, 16]` bytes; pq8: `[rows, blocks]` bytes. */
  | 'codes'
  /** pq4 under squaredL2: i16 `[ceil(rows / 32), 32]` per partition: half squared length in units of `header.biasUnit`. */
  | 'codes.bias'
  /** int8 `[count, stride16]`. */
  | 'rows.int8'
  /** f32 `[count]`, with `rows.int8`: what a whole number of a row stands for. */
  | 'rows.scale'
  /** u16 `[count, stride8]`: upper halves of float32. */
  | 'rows.bf16'
  /** f32 `[count, stride4]`. */
  | 'rows.f32'
  /** f32 `[count]`, under squaredL2 with codes or int8 rows: squared length of each row as it is kept. */
  | 'rows.norm';

/** One section: `shared` is needed by every search; `partition` can be fetched partition by partition. */
export interface SectionLayout {
  readonly name: SectionName;
  readonly scope: 'shared' | 'partition';
  readonly dtype: 'F32' | 'U32' | 'I16' | 'U16' | 'I8' | 'U8';
  /** Bytes of the part that `rows` rows of one partition take (partition scope), or of the whole (shared scope). */
  bytes(rows: number): number;
}

const up = (n: number, step: number) => Math.ceil(n / step) * step;

/** Blocks that codes have; pq4 adds an empty one where the number is odd. */
export function codeBlocks(header: Pick<IndexHeader, 'codes' | 'dim' | 'dimensionsPerBlock'>): number {
  const blocks = Math.ceil(header.dim / (header.dimensionsPerBlock ?? 1));
  return header.codes === 'pq4' ? up(blocks, 2) : blocks;
}

/**
 * The sections that an index with this header has, in the order of a file.
 *
 * The bytes of partition p inside a `partition` section start where the bytes of partitions 0 … p-1 end.
 */
export function sectionLayout(header: IndexHeader): SectionLayout[] {
  const { dim, partitions, codes, reorder, metric } = header;
  const blocks = codeBlocks(header);
  const layout: SectionLayout[] = [];
  const shared = (name: SectionName, dtype: SectionLayout['dtype'], bytes: number) =>
    layout.push({ name, scope: 'shared', dtype, bytes: () => bytes });
  const partition = (name: SectionName, dtype: SectionLayout['dtype'], bytes: (rows: number) => number) =>
    layout.push({ name, scope: 'partition', dtype, bytes });

  if (header.kind === 'partitioned') shared('centroids', 'F32', partitions * up(dim, 4) * 4);
  if (codes === 'pq4' || codes === 'pq8') {
    const codewords = codes === 'pq4' ? 16 : 256;
    shared('codebook', 'F32', blocks * codewords * (header.dimensionsPerBlock ?? 1) * 4);
  }
  shared('partition.offsets', 'U32', (partitions + 1) * 4);
  partition('row.ids', 'U32', (rows) => rows * 4);
  if (codes === 'pq4') partition('codes', 'U8', (rows) => Math.ceil(rows / 32) * blocks * 16);
  if (codes === 'pq8') partition('codes', 'U8', (rows) => rows * blocks);
  if (codes === 'pq4' && metric === 'squaredL2') partition('codes.bias', 'I16', (rows) => Math.ceil(rows / 32) * 64);
  if (codes === 'int8' || reorder === 'int8') {
    partition('rows.int8', 'I8', (rows) => rows * up(dim, 16));
    partition('rows.scale', 'F32', (rows) => rows * 4);
  }
  if (reorder === 'bf16') partition('rows.bf16', 'U16', (rows) => rows * up(dim, 8) * 2);
  if (codes === 'float32' || reorder === 'float32') partition('rows.f32', 'F32', (rows) => rows * up(dim, 4) * 4);
  if (metric === 'squaredL2' && codes !== 'float32') partition('rows.norm', 'F32', (rows) => rows * 4);
  return layout;
}
