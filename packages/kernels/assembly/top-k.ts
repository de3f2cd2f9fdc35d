// The best k of a stream: a heap of 64-bit keys, the worst at its root. A key orders by score (high first), then by
// row (low first). Layout: i32 count, i32 k, f32 threshold, 4 bytes free, then k keys.

const KEYS: usize = 16;

/** Smaller is better; -0 counts as 0. */
@inline export function keyOf(score: f32, row: u32): u64 {
  const bits = reinterpret<u32>(score + 0.0);
  const rising = bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
  return (<u64>~rising << 32) | row;
}

@inline export function scoreOf(key: u64): f32 {
  const rising = ~(<u32>(key >> 32));
  return reinterpret<f32>(rising ^ (<u32>(~(<i32>rising) >> 31) | 0x80000000));
}

export function topKReset(top: usize, k: i32): void {
  store<i32>(top, 0);
  store<i32>(top, k, 4);
  store<f32>(top, -Infinity, 8);
}

/** Scores below it cannot enter any more; scores equal to it may, by their row. */
@inline export function topKThreshold(top: usize): f32 {
  return load<f32>(top, 8);
}

export function topKPush(top: usize, score: f32, row: u32): void {
  if (score != score) return;
  const count = load<i32>(top);
  const k = load<i32>(top, 4);
  const keys = top + KEYS;
  const key = keyOf(score, row);
  if (count < k) {
    let i = count;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = load<u64>(keys + (<usize>parent << 3));
      if (above >= key) break;
      store<u64>(keys + (<usize>i << 3), above);
      i = parent;
    }
    store<u64>(keys + (<usize>i << 3), key);
    store<i32>(top, count + 1);
    if (count + 1 == k) store<f32>(top, scoreOf(load<u64>(keys)), 8);
    return;
  }
  if (k == 0 || key >= load<u64>(keys)) return;
  siftDown(keys, k, key);
  store<f32>(top, scoreOf(load<u64>(keys)), 8);
}

/** Puts the key at the root's place and lets it sink. */
function siftDown(keys: usize, count: i32, key: u64): void {
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= count) break;
    let below = load<u64>(keys + (<usize>child << 3));
    if (child + 1 < count) {
      const right = load<u64>(keys + (<usize>child << 3), 8);
      if (right > below) {
        below = right;
        child++;
      }
    }
    if (below <= key) break;
    store<u64>(keys + (<usize>i << 3), below);
    i = child;
  }
  store<u64>(keys + (<usize>i << 3), key);
}

/** Empties the heap into rows and scores, best first; returns how many. */
export function topKTake(top: usize, rows: usize, scores: usize): i32 {
  const count = load<i32>(top);
  const keys = top + KEYS;
  for (let n = count - 1; n >= 0; n--) {
    const worst = load<u64>(keys);
    store<u32>(rows + (<usize>n << 2), <u32>worst);
    store<f32>(scores + (<usize>n << 2), scoreOf(worst));
    if (n > 0) siftDown(keys, n, load<u64>(keys + (<usize>n << 3)));
  }
  store<i32>(top, 0);
  return count;
}

/** Is the row allowed? `mask` is a bitset over rows, 0 for none. */
@inline export function passes(mask: usize, row: u32): bool {
  return mask == 0 || ((load<u8>(mask + (row >> 3)) >> (row & 7)) & 1) != 0;
}
