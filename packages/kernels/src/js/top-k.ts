import type { Heap } from './heap.js';

/*
 * Twin of assembly/top-k.ts. A 64-bit key is two words: the row (low) and the falling image of the score (high).
 */
const scratch = new DataView(new ArrayBuffer(4));

/** The falling image: higher scores give smaller numbers; -0 counts as 0. */
export function fallingOf(score: number): number {
  scratch.setFloat32(0, score + 0);
  const bits = scratch.getUint32(0);
  return ~(bits & 0x80000000 ? ~bits : bits | 0x80000000) >>> 0;
}

export function scoreOf(falling: number): number {
  const rising = ~falling >>> 0;
  scratch.setUint32(0, rising & 0x80000000 ? rising & 0x7fffffff : ~rising >>> 0);
  return scratch.getFloat32(0);
}

export function topKReset(heap: Heap, top: number, k: number): void {
  heap.i32[top >> 2] = 0;
  heap.i32[(top >> 2) + 1] = k;
  heap.f32[(top >> 2) + 2] = Number.NEGATIVE_INFINITY;
}

export function topKPush(heap: Heap, top: number, score: number, row: number): void {
  if (Number.isNaN(score)) return;
  const { u32 } = heap;
  const head = top >>> 2;
  const count = u32[head]!;
  const k = u32[head + 1]!;
  const keys = head + 4;
  const high = fallingOf(score);
  if (count < k) {
    let i = count;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isLess(u32[keys + 2 * parent + 1]!, u32[keys + 2 * parent]!, high, row)) break;
      u32[keys + 2 * i] = u32[keys + 2 * parent]!;
      u32[keys + 2 * i + 1] = u32[keys + 2 * parent + 1]!;
      i = parent;
    }
    u32[keys + 2 * i] = row;
    u32[keys + 2 * i + 1] = high;
    u32[head] = count + 1;
    if (count + 1 === k) heap.f32[head + 2] = scoreOf(u32[keys + 1]!);
    return;
  }
  if (k === 0 || !isLess(high, row, u32[keys + 1]!, u32[keys]!)) return;
  siftDown(u32, keys, k, high, row);
  heap.f32[head + 2] = scoreOf(u32[keys + 1]!);
}

export function topKTake(heap: Heap, top: number, rows: number, scores: number): number {
  const { u32, f32 } = heap;
  const head = top >>> 2;
  const count = u32[head]!;
  const keys = head + 4;
  for (let n = count - 1; n >= 0; n--) {
    u32[(rows >>> 2) + n] = u32[keys]!;
    f32[(scores >>> 2) + n] = scoreOf(u32[keys + 1]!);
    if (n > 0) siftDown(u32, keys, n, u32[keys + 2 * n + 1]!, u32[keys + 2 * n]!);
  }
  u32[head] = 0;
  return count;
}

export function passes(heap: Heap, mask: number, row: number): boolean {
  return mask === 0 || ((heap.u8[mask + (row >>> 3)]! >> (row & 7)) & 1) !== 0;
}

function isLess(highA: number, lowA: number, highB: number, lowB: number): boolean {
  return highA < highB || (highA === highB && lowA < lowB);
}

function siftDown(u32: Uint32Array, keys: number, count: number, high: number, low: number): void {
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= count) break;
    const at = keys + 2 * child;
    if (child + 1 < count && isLess(u32[at + 1]!, u32[at]!, u32[at + 3]!, u32[at + 2]!)) child++;
    const from = keys + 2 * child;
    if (!isLess(high, low, u32[from + 1]!, u32[from]!)) break;
    u32[keys + 2 * i] = u32[from]!;
    u32[keys + 2 * i + 1] = u32[from + 1]!;
    i = child;
  }
  u32[keys + 2 * i] = low;
  u32[keys + 2 * i + 1] = high;
}
