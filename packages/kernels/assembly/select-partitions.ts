// Which partitions a query looks into.
import {
  centroidBias, centroidCodes, centroidMean, centroids, centroidUnit, partition, partitions, probe, squared, stride, strideI16, up,
} from './index-layout';
import { dotI16, quantizeQuery16 } from './int16';
import { dotF32, scoreF32 } from './scan-f32';
import { topKPush, topKReset, topKTake, topKThreshold } from './top-k';

/** Scratch of {@link selectPartitions}. */
export function selectBytes(index: usize, count: i32): usize {
  return (
    up(<usize>(partitions(index) + 8) << 2) + up(16 + (<usize>count << 3)) + 2 * up(<usize>count << 2) +
    up(<usize>strideI16(index) << 1)
  );
}

/**
 * Query . centroid for every partition. Centroids less their mean lie in 16 bits; what their coarseness adds is far below
 * what tells partitions apart, however far from zero all of them are.
 */
function centroidDots(index: usize, query: usize, dots: usize, scratch: usize): void {
  if (centroidCodes(index) == 0) {
    dotF32(query, centroids(index), partitions(index), stride(index), dots);
    return;
  }
  const unit = quantizeQuery16(query, stride(index), scratch, strideI16(index));
  const shared = scoreF32(query, centroidMean(index), stride(index), false);
  dotI16(scratch, centroidCodes(index), partitions(index), strideI16(index), unit * centroidUnit(index), shared, dots);
}

/**
 * Writes the best `count` partitions (rank: query . centroid + bias) to `probes`, best first, without those whose rank is
 * more than `gap` (times the query's length, but for squared distances) behind the best; returns how many.
 */
export function selectPartitions(index: usize, query: usize, count: i32, gap: f32, probes: usize, scratch: usize): i32 {
  const n = partitions(index);
  if (centroids(index) == 0) {
    for (let p = 0; p < n; p++) {
      store<u32>(probe(probes, p), p);
      store<f32>(probe(probes, p), 0, 8);
      store<f32>(probe(probes, p), 0, 12);
    }
    numberRows(index, probes, n);
    return n;
  }
  const dots = scratch;
  const top = dots + up(<usize>(n + 8) << 2);
  const ids = top + up(16 + (<usize>count << 3));
  const ranks = ids + up(<usize>count << 2);
  centroidDots(index, query, dots, ranks + up(<usize>count << 2));
  topKReset(top, count);
  for (let p = 0; p < n; p += 4) {
    const at = <usize>p << 2;
    const rank = f32x4.add(v128.load(dots + at), v128.load(centroidBias(index) + at));
    let wanted = i32x4.bitmask(f32x4.ge(rank, f32x4.splat(topKThreshold(top))));
    if (n - p < 4) wanted &= (1 << (n - p)) - 1;
    for (; wanted; wanted &= wanted - 1) {
      const lane = ctz(wanted);
      const laneAt = at + (<usize>lane << 2);
      topKPush(top, load<f32>(dots + laneAt) + load<f32>(centroidBias(index) + laneAt), p + lane);
    }
  }
  let found = topKTake(top, ids, ranks);
  if (gap < Infinity && found > 1) {
    const length: f32 = squared(index) ? 1 : sqrt<f32>(scoreF32(query, query, stride(index), false));
    const limit = load<f32>(ranks) - gap * length;
    while (found > 1 && load<f32>(ranks + (<usize>(found - 1) << 2)) < limit) found--;
  }
  for (let i = 0; i < found; i++) {
    const number = load<u32>(ids + (<usize>i << 2));
    store<u32>(probe(probes, i), number);
    store<f32>(probe(probes, i), load<f32>(dots + (<usize>number << 2)), 8);
    store<f32>(probe(probes, i), load<f32>(ranks + (<usize>i << 2)), 12);
  }
  numberRows(index, probes, found);
  return found;
}

/** Numbers the rows of the probes one after another. */
function numberRows(index: usize, probes: usize, count: i32): void {
  let base: u32 = 0;
  for (let i = 0; i < count; i++) {
    store<u32>(probe(probes, i), base, 4);
    base += load<u32>(partition(index, load<u32>(probe(probes, i))), 28);
  }
}
