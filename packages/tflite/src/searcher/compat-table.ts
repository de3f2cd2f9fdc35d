import type { LookupType, SearcherCodebook, SearcherDistance } from './searcher-config.js';

const { fround } = Math;
/** The least range a table is scaled by. */
const floatEpsilon = 2 ** -23;
/** Entries of this many blocks are added up in 16 bits before they become a float. */
const blocksAtATime = 32;
/** With 16 codewords, 8-bit entries of this many blocks fit 16 bits. */
const blocksAtATimeOf16 = 256;

/** What each codeword adds to the distance of a query, in the numbers that the device adds up. */
export interface CompatTable {
  /** `[blocks, codewords]`. */
  readonly entries: Float32Array | Uint16Array | Uint8Array;
  readonly codewords: number;
  /** An entry of n in whole numbers stands for about `least + n (most - least) / limit`. */
  readonly whole?: { readonly least: number; readonly most: number; readonly limit: number };
}

/**
 * The lookup table of one query, float by float as the device computes it: |q|^2 + |c|^2 - 2 q.c, or -q.c, in 32 bits.
 *
 * @source TensorFlow Lite Support, scann_ondevice/cc/core/processor.cc
 */
export function floatTable(
  query: Float32Array,
  { codebook, distance }: { codebook: SearcherCodebook; distance: SearcherDistance },
): Float32Array {
  const { widths, codewords, data } = codebook;
  const table = new Float32Array(widths.length * codewords);
  let [first, at, out] = [0, 0, 0];
  for (const width of widths) {
    let squares = 0;
    for (let t = first; t < first + width; t++) squares = fround(squares + fround(query[t]! * query[t]!));
    for (let word = 0; word < codewords; word++, at += width) {
      let [norm, dot] = [0, 0];
      for (let t = 0; t < width; t++) {
        const c = data[at + t]!;
        norm = fround(norm + fround(c * c));
        dot = fround(dot + fround(c * query[first + t]!));
      }
      table[out++] = distance === 'dot' ? -dot : fround(fround(squares + norm) - fround(2 * dot));
    }
    first += width;
  }
  return table;
}

/**
 * A float table in the numbers of its lookup type: whole numbers are cut off, not rounded, over the range of the whole
 * table.
 *
 * @param table may hold the tables of several queries, which then share one range
 */
export function compatTable(table: Float32Array, options: { codewords: number; lookupType: LookupType }): CompatTable {
  const { codewords, lookupType } = options;
  if (lookupType === 'float' || table.length === 0) return { entries: table, codewords };
  const limit = lookupType === 'int8' ? 255 : 65_536 / blocksAtATime - 1;
  let least = table[0]!;
  let most = table[0]!;
  for (const entry of table) {
    if (entry < least) least = entry;
    if (entry > most) most = entry;
  }
  const scale = fround(limit / Math.max(fround(most - least), floatEpsilon));
  const entries = lookupType === 'int8' ? new Uint8Array(table.length) : new Uint16Array(table.length);
  for (let i = 0; i < table.length; i++) entries[i] = Math.trunc(fround(scale * fround(table[i]! - least)));
  return { entries, codewords, whole: { least, most, limit } };
}

/**
 * The distance of a row of codes: entries of 32 blocks at a time are added up, whole numbers in 16 bits, then turned
 * back with half a step for what was cut off.
 *
 * @source TensorFlow Lite Support, scann_ondevice/cc/core/index_table_sum.h
 */
export function tableSum({ entries, codewords, whole }: CompatTable, codes: Uint8Array): number {
  const blocks = codes.length;
  const atATime = entries instanceof Uint8Array && codewords === 16 ? blocksAtATimeOf16 : blocksAtATime;
  const step = whole ? fround(fround(whole.most - whole.least) / whole.limit) : 0;
  const half = whole ? fround(whole.least + fround(step / 2)) : 0;
  let distance = 0;
  for (let start = 0; start < blocks; start += atATime) {
    const end = Math.min(start + atATime, blocks);
    let sum = 0;
    if (!whole) {
      for (let b = start; b < end; b++) sum = fround(sum + entries[b * codewords + codes[b]!]!);
      distance = fround(distance + sum);
      continue;
    }
    for (let b = start; b < end; b++) sum += entries[b * codewords + codes[b]!]!;
    const offset = fround((end - start) * half);
    distance = fround(distance + fround(fround(step * (sum & 0xffff)) + offset));
  }
  return distance;
}
