/**
 * The set of features met in training, as a Bloom filter with two probes: a table of hashed rows alone cannot tell a
 * feature it has learned from one that merely falls on the same row.
 *
 * @param marks of the features, from `hashTextFeatures`
 * @param bits size of the filter, a power of two of at least 8; with 8 bits a feature some 5 % of strangers pass
 */
export function rememberFeatures(marks: Iterable<number>, bits: number): Uint8Array {
  const filter = new Uint8Array(bits / 8);
  for (const mark of marks) {
    for (const bit of [mark, secondProbe(mark)]) filter[(bit & (bits - 1)) >>> 3]! |= 1 << (bit & 7);
  }
  return filter;
}

/** Whether a feature may be in the filter; a feature that was remembered always is. */
export function isRemembered(filter: Uint8Array, mark: number): boolean {
  const mask = filter.length * 8 - 1;
  const second = secondProbe(mark);
  return (
    (filter[(mark & mask) >>> 3]! & (1 << (mark & 7))) !== 0 &&
    (filter[(second & mask) >>> 3]! & (1 << (second & 7))) !== 0
  );
}

function secondProbe(mark: number): number {
  return Math.imul(mark ^ (mark >>> 15), 0x9e3779b1);
}
