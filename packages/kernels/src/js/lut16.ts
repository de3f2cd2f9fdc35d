import type { Heap } from './heap.js';
import { passes } from './top-k.js';

/** The near rows of a scan: distance and number, kept in the order the SIMD build keeps them. */
export interface Candidates {
  readonly keep: number;
  readonly capacity: number;
  threshold: number;
  list: { distance: number; number: number }[];
}

export function createCandidates(keep: number): Candidates {
  return { keep, capacity: 2 * keep + 64, threshold: 0x3fffffff, list: [] };
}

export function shrink(candidates: Candidates): void {
  const { keep, list } = candidates;
  if (list.length <= keep) return;
  list.sort((a, b) => a.distance - b.distance || a.number - b.number);
  list.length = keep;
  candidates.threshold = list[keep - 1]!.distance;
}

export interface CodeScan {
  readonly tables: Uint8Array;
  readonly codes: number;
  readonly blocks: number;
  readonly n: number;
  readonly distance: number;
  readonly rowBias: number;
  readonly rowBiasFactor: number;
  readonly ids: number;
  readonly base: number;
  readonly mask: number;
}

/** Adds the near rows of one partition to the candidates. A block of 32 rows sees one threshold, then each row the newest. */
export function scanCodes4(heap: Heap, scan: CodeScan, candidates: Candidates): void {
  const { tables, codes, blocks, n, distance } = scan;
  const { u8, i16, u32 } = heap;
  for (let first = 0; first < n; first += 32) {
    const limit = Math.max(-32768, Math.min(32767, candidates.threshold - distance));
    const block = codes + (first >> 5) * blocks * 16;
    for (let lane = 0; lane < Math.min(32, n - first); lane++) {
      const at = block + 2 * (lane & 7) + ((lane >> 3) & 1);
      const high = lane >= 16;
      let sum = 0;
      for (let m = 0; m < blocks; m++) {
        const byte = u8[at + 16 * m]!;
        sum += tables[16 * m + (high ? byte >> 4 : byte & 15)]!;
      }
      if (scan.rowBias) {
        const bias = i16[(scan.rowBias >>> 1) + first + lane]!;
        sum = Math.min(32767, sum + ((bias * scan.rowBiasFactor + 0x4000) >> 15));
      }
      const total = sum + distance;
      if (sum >= limit || total >= candidates.threshold) continue;
      if (!passes(heap, scan.mask, u32[(scan.ids >>> 2) + first + lane]!)) continue;
      candidates.list.push({ distance: total, number: scan.base + first + lane });
      if (candidates.list.length === candidates.capacity) shrink(candidates);
    }
  }
}
