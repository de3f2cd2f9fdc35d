/** What is scanned: 0 float32 rows, 1 int8 rows, 2 4-bit codes, 3 8-bit codes. */
export type CodeKindNumber = 0 | 1 | 2 | 3;
/** What candidates are scored again with: 0 nothing, 1 int8, 2 bf16, 3 float32. */
export type ReorderKindNumber = 0 | 1 | 2 | 3;

/** An index as the search kernels see it; offsets into the kernels' memory. */
export interface SearchDescriptor {
  /** Numbers of a padded float32 row or centroid: a multiple of 4. */
  readonly stride: number;
  readonly partitions: number;
  /** Blocks of codes, an even number for 4-bit codes. */
  readonly blocks: number;
  /** Dimensions of a block. */
  readonly width: number;
  readonly codes: CodeKindNumber;
  readonly reorder: ReorderKindNumber;
  readonly squared: boolean;
  readonly residual: boolean;
  /** f32 `[partitions][stride]`, 8 rows of slack; 0: every partition is searched. */
  readonly centroids: number;
  /** f32 a partition, what its rank adds to the dot product; -Infinity for an empty one. 8 numbers of slack. */
  readonly centroidBias: number;
  /** Transposed: f32 `[blocks][width][codewords]`. */
  readonly codebook: number;
  /** 8 words a partition: codes, row bias, int8 rows, scales, bf16 or float32 rows, norms, ids, number of rows. */
  readonly table: number;
  /** Bytes of an int8 row: a multiple of 16. */
  readonly strideI8: number;
  /** Numbers of a bf16 row: a multiple of 8. */
  readonly strideBf16: number;
  /** What a unit of the row bias stands for; 0 without one. */
  readonly biasUnit: number;
  /** Half squared length that a row bias of 0 stands for. */
  readonly biasBase: number;
  /** Centroids less their mean, int16 `[partitions][strideI16]`, 4 rows of slack; 0: the float32 centroids rank. */
  readonly centroidCodes: number;
  /** f32 `[stride]`. */
  readonly centroidMean: number;
  /** What a unit of the centroid codes stands for. Their lengths are at most 65,000 units. */
  readonly centroidUnit: number;
  /** Numbers of an int16 centroid: a multiple of 8. */
  readonly strideI16: number;
}

/** Bytes of the record that tells a kernel what to search. */
export const descriptorBytes = 128;
/** Words of a partition in the table. */
export const partitionWords = 8;

/** Lays the descriptor out for the kernels: 20 words of 32. */
export function writeDescriptor(
  memory: { u32(o: number, n: number): Uint32Array; f32(o: number, n: number): Float32Array },
  offset: number,
  d: SearchDescriptor,
): void {
  memory
    .u32(offset, 14)
    .set([
      d.stride,
      d.partitions,
      d.blocks,
      d.width,
      d.codes,
      d.reorder,
      d.squared ? 1 : 0,
      d.residual ? 1 : 0,
      d.centroids,
      d.centroidBias,
      d.codebook,
      d.table,
      d.strideI8,
      d.strideBf16,
    ]);
  memory.f32(offset + 56, 2).set([d.biasUnit, d.biasBase]);
  memory.u32(offset + 64, 4).set([d.centroidCodes, d.centroidMean, 0, d.strideI16]);
  memory.f32(offset + 72, 1)[0] = d.centroidUnit;
}

export function readDescriptor(words: Uint32Array, offset: number): SearchDescriptor {
  const at = offset >>> 2;
  const word = (i: number) => words[at + i]!;
  const floats = new Float32Array(words.buffer, offset + 56, 5);
  return {
    stride: word(0),
    partitions: word(1),
    blocks: word(2),
    width: word(3),
    codes: word(4) as CodeKindNumber,
    reorder: word(5) as ReorderKindNumber,
    squared: word(6) !== 0,
    residual: word(7) !== 0,
    centroids: word(8),
    centroidBias: word(9),
    codebook: word(10),
    table: word(11),
    strideI8: word(12),
    strideBf16: word(13),
    biasUnit: floats[0]!,
    biasBase: floats[1]!,
    centroidCodes: word(16),
    centroidMean: word(17),
    centroidUnit: floats[4]!,
    strideI16: word(19),
  };
}
