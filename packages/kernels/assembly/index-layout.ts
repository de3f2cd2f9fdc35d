// Where an index keeps what. The descriptor: 32-bit words, see src/search-descriptor.ts.
@inline function word(index: usize, at: usize): u32 { return load<u32>(index + (at << 2)); }
@inline export function stride(index: usize): i32 { return word(index, 0); }
@inline export function partitions(index: usize): i32 { return word(index, 1); }
@inline export function blocks(index: usize): i32 { return word(index, 2); }
@inline export function width(index: usize): i32 { return word(index, 3); }
@inline export function codeKind(index: usize): i32 { return word(index, 4); }
@inline export function reorderKind(index: usize): i32 { return word(index, 5); }
@inline export function squared(index: usize): bool { return word(index, 6) != 0; }
@inline export function residual(index: usize): bool { return word(index, 7) != 0; }
@inline export function centroids(index: usize): usize { return word(index, 8); }
@inline export function centroidBias(index: usize): usize { return word(index, 9); }
@inline export function codebook(index: usize): usize { return word(index, 10); }
@inline export function strideI8(index: usize): i32 { return word(index, 12); }
@inline export function strideBf16(index: usize): i32 { return word(index, 13); }
@inline export function biasUnit(index: usize): f32 { return load<f32>(index, 14 << 2); }
@inline export function biasBase(index: usize): f32 { return load<f32>(index, 15 << 2); }
@inline export function centroidCodes(index: usize): usize { return word(index, 16); }
@inline export function centroidMean(index: usize): usize { return word(index, 17); }
@inline export function centroidUnit(index: usize): f32 { return load<f32>(index, 18 << 2); }
@inline export function strideI16(index: usize): i32 { return word(index, 19); }

export const F32: i32 = 0;
export const I8: i32 = 1;
export const PQ4: i32 = 2;

// A partition: offsets of codes, row bias, int8 rows, scales, bf16 or f32 rows, norms, ids, then the number of rows.
@inline export function partition(index: usize, number: u32): usize { return <usize>word(index, 11) + (<usize>number << 5); }

// A probe: u32 partition, u32 number of its first row, f32 query . centroid, f32 rank.
@inline export function probe(probes: usize, i: i32): usize { return probes + (<usize>i << 4); }

@inline export function up(bytes: usize): usize { return (bytes + 63) & ~(<usize>63); }

/** The last probe whose first number is not above `number`. */
export function findProbe(probes: usize, count: i32, number: u32): usize {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (load<u32>(probe(probes, middle), 4) <= number) low = middle;
    else high = middle - 1;
  }
  return probe(probes, low);
}
