// The nearest rows of a scan, so far: those below a threshold, thinned out to `keep` whenever the list is full.
// Layout: i32 capacity, i32 count, i32 keep, i32 threshold, then i32 distances and u32 numbers, `capacity` (a multiple
// of 4) and 4 of each. Rows come with rising numbers, and thinning keeps their order.

const DISTANCES: usize = 16;
const FAR: i32 = 0x3fffffff;

@inline function numbersOf(candidates: usize): usize {
  return candidates + DISTANCES + 16 + (<usize>load<i32>(candidates) << 2);
}

/** Candidates that a list which keeps so many has room for: a multiple of 4. */
@inline function capacityFor(keep: i32): i32 {
  return ((2 * keep + 64) + 3) & ~3;
}

export function candidatesBytes(keep: i32): usize {
  return DISTANCES + (<usize>(capacityFor(keep) + 4) << 3);
}

export function candidatesReset(candidates: usize, keep: i32): void {
  store<i32>(candidates, capacityFor(keep));
  store<i32>(candidates, 0, 4);
  store<i32>(candidates, keep, 8);
  store<i32>(candidates, FAR, 12);
}

/** Rows as far as this, or farther, cannot enter any more. */
@inline export function candidatesThreshold(candidates: usize): i32 {
  return load<i32>(candidates, 12);
}

@inline export function candidatesDistance(candidates: usize, i: i32): i32 {
  return load<i32>(candidates + DISTANCES + (<usize>i << 2));
}

@inline export function candidatesNumbers(candidates: usize): usize {
  return numbersOf(candidates);
}

@inline export function candidatesPush(candidates: usize, distance: i32, number: u32): void {
  const count = load<i32>(candidates, 4);
  store<i32>(candidates + DISTANCES + (<usize>count << 2), distance);
  store<u32>(numbersOf(candidates) + (<usize>count << 2), number);
  store<i32>(candidates, count + 1, 4);
  if (count + 1 == load<i32>(candidates)) candidatesShrink(candidates);
}

/** How many distances are at most `limit`; 4 numbers of slack hold FAR. */
function countNear(distances: usize, end: usize, limit: i32): i32 {
  const most = i32x4.splat(limit);
  let near = i32x4.splat(0);
  for (let at = distances; at < end; at += 16) near = i32x4.sub(near, i32x4.le_s(v128.load(at), most));
  return (
    i32x4.extract_lane(near, 0) + i32x4.extract_lane(near, 1) + i32x4.extract_lane(near, 2) + i32x4.extract_lane(near, 3)
  );
}

/**
 * Keeps the nearest, of equals those that came first; the threshold becomes the farthest of them. Halves the range of
 * distances until as many are near as are kept: counting is a handful of vector steps, and no branch depends on data.
 */
export function candidatesShrink(candidates: usize): i32 {
  const count = load<i32>(candidates, 4);
  const keep = load<i32>(candidates, 8);
  if (count <= keep) return count;
  const distances = candidates + DISTANCES;
  const numbers = numbersOf(candidates);
  const end = distances + (<usize>count << 2);
  v128.store(end, i32x4.splat(FAR));
  let least = i32x4.splat(FAR);
  let most = i32x4.splat(-FAR);
  for (let at = distances; at < end; at += 16) {
    const four = v128.load(at);
    least = i32x4.min_s(least, four);
    most = i32x4.max_s(most, v128.bitselect(i32x4.splat(-FAR), four, i32x4.eq(four, i32x4.splat(FAR))));
  }
  let low = min(
    min(i32x4.extract_lane(least, 0), i32x4.extract_lane(least, 1)),
    min(i32x4.extract_lane(least, 2), i32x4.extract_lane(least, 3)),
  );
  let high = max(
    max(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1)),
    max(i32x4.extract_lane(most, 2), i32x4.extract_lane(most, 3)),
  );
  // The smallest limit that at least `keep` are within.
  while (low < high) {
    const middle = low + ((high - low) >> 1);
    const near = countNear(distances, end, middle);
    if (near >= keep) high = middle;
    else low = middle + 1;
    if (near == keep) break;
  }
  let equals = keep - countNear(distances, end, high - 1);
  let kept: usize = 0;
  let farthest = -FAR;
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const distance = load<i32>(distances + i);
    const equal = <i32>(distance == high);
    const wanted = <i32>(distance < high) | (equal & <i32>(equals > 0));
    store<i32>(distances + kept, distance);
    store<u32>(numbers + kept, load<u32>(numbers + i));
    equals -= equal;
    kept += <usize>(wanted << 2);
    farthest = max(farthest, wanted ? distance : farthest);
  }
  store<i32>(candidates, keep, 4);
  store<i32>(candidates, farthest, 12);
  return keep;
}
