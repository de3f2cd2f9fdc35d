import { createVectors, type Vectors } from '@nearkin/core';
import type { Codebook, IndexSnapshot } from '@nearkin/searcher';

/** Product codes of a snapshot, a byte a block. */
interface SnapshotCodes {
  readonly codebook: Codebook;
  readonly blocks: number;
  /** The codes of the row at a place, partition by partition. */
  codeAt(place: number): Uint8Array;
}

/** Opens the codes of an index; undefined for one that has none. */
export function openCodes(snapshot: IndexSnapshot): SnapshotCodes | undefined {
  const { codes, dim, dimensionsPerBlock: width = 1 } = snapshot.header;
  if (codes !== 'pq4' && codes !== 'pq8') return undefined;
  const blocks = Math.ceil(dim / width);
  const widths = Array.from({ length: blocks }, (_, block) => Math.min(width, dim - block * width));
  const codewords = codes === 'pq4' ? 16 : 256;
  const padded = snapshotFloats(snapshot.sections.get('codebook')!);
  const data = new Float32Array(codewords * dim);
  let at = 0;
  for (let word = 0; word < blocks * codewords; word++) {
    const size = widths[Math.floor(word / codewords)]!;
    data.set(padded.subarray(word * width, word * width + size), at);
    at += size;
  }
  const bytes = snapshot.sections.get('codes')!;
  const codebook = { widths, codewords, data };
  if (codes === 'pq8')
    return { codebook, blocks, codeAt: (place) => bytes.subarray(place * blocks, (place + 1) * blocks) };
  return { codebook, blocks, codeAt: packedCodes(snapshot, { bytes, blocks }) };
}

/**
 * Four-bit codes lie in groups of 32 rows of a partition, 16 bytes a block, blocks filled up to an even number. Row
 * 8h + l of the first 16 has the low half of byte 2l + h, row 16 + 8h + l the high half.
 */
function packedCodes(
  { sections }: IndexSnapshot,
  { bytes, blocks }: { bytes: Uint8Array; blocks: number },
): (place: number) => Uint8Array {
  const even = Math.ceil(blocks / 2) * 2;
  const offsets = snapshotWords(sections.get('partition.offsets')!);
  const starts = new Float64Array(offsets.length);
  for (let p = 0; p + 1 < offsets.length; p++)
    starts[p + 1] = starts[p]! + Math.ceil((offsets[p + 1]! - offsets[p]!) / 32) * even * 16;
  return (place) => {
    const partition = partitionAt(offsets, place);
    const slot = place - offsets[partition]!;
    const lane = slot & 31;
    const at = starts[partition]! + (slot >> 5) * even * 16 + 2 * (lane & 7) + ((lane >> 3) & 1);
    return Uint8Array.from({ length: blocks }, (_, block) => (bytes[at + 16 * block]! >> (lane >= 16 ? 4 : 0)) & 15);
  };
}

/** What the codes of the rows of a snapshot stand for, place by place; with `residual`, added to their centroids. */
export function openDecoder(snapshot: IndexSnapshot): (place: number) => Float32Array {
  const { codebook, codeAt } = openCodes(snapshot)!;
  const { residual, dim } = snapshot.header;
  const offsets = snapshotWords(snapshot.sections.get('partition.offsets')!);
  const centroids = residual ? snapshotCentroids(snapshot).data : undefined;
  return (place) => {
    const row = new Float32Array(dim);
    const partition = partitionAt(offsets, place);
    if (centroids) row.set(centroids.subarray(partition * dim, (partition + 1) * dim));
    const codes = codeAt(place);
    let [at, block] = [0, 0];
    codebook.widths.forEach((size, m) => {
      for (let t = 0; t < size; t++) row[at + t]! += codebook.data[block + codes[m]! * size + t]!;
      at += size;
      block += size * codebook.codewords;
    });
    return row;
  };
}

export function snapshotCentroids({ header, sections }: IndexSnapshot): Vectors {
  const { dim, partitions } = header;
  const padded = snapshotFloats(sections.get('centroids')!);
  const stride = Math.ceil(dim / 4) * 4;
  const data = new Float32Array(partitions * dim);
  for (let p = 0; p < partitions; p++) data.set(padded.subarray(p * stride, p * stride + dim), p * dim);
  return createVectors(data, dim);
}

/** The last partition that starts at or before the place and is not empty. */
function partitionAt(offsets: Uint32Array, place: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! <= place) low = middle;
    else high = middle;
  }
  return low;
}

export function snapshotWords(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer);
}

function snapshotFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
