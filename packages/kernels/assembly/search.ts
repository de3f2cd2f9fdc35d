// A whole query in one call: choose partitions, scan their codes, score the best again.
import { candidatesBytes } from './candidates';
import {
  blocks, codeKind, F32, I8, partition, PQ4, probe, reorderKind, squared, stride, strideI8, up,
} from './index-layout';
import { quantizeQuery, scanI8 } from './int8';
import { rescore, rescoreBytes } from './rescore';
import { scanF32, scoreF32 } from './scan-f32';
import { searchCodes4, searchCodes8 } from './search-codes';
import { selectBytes, selectPartitions } from './select-partitions';
import { topKReset, topKTake } from './top-k';

/** Scratch that a search with these numbers needs. */
export function scratchBytes(index: usize, probeCount: i32, keep: i32): usize {
  return (
    selectBytes(index, probeCount) + up(<usize>blocks(index) << 10) + up(<usize>blocks(index) << 4) +
    up(<usize>strideI8(index) << 1) + up(candidatesBytes(keep)) + up(16 + (<usize>keep << 3)) + up(<usize>keep << 3) +
    rescoreBytes(index) + 256
  );
}

/**
 * Scans the probes and leaves the best in `top` by id. `keep`: candidates that are scored again, at least the heap's k;
 * no matter where nothing is scored again.
 */
export function searchProbes(
  index: usize, query: usize, probes: usize, count: i32, keep: i32, mask: usize, top: usize, scratch: usize,
): void {
  const again = reorderKind(index) != 0 && codeKind(index) != F32;
  const norm: f32 = squared(index) ? scoreF32(query, query, stride(index), false) : 0;
  if (codeKind(index) == PQ4) {
    searchCodes4(index, query, probes, count, again ? keep : load<i32>(top, 4), again, norm, mask, top, scratch);
    return;
  }
  const heap = again ? scratch : top;
  let rest = scratch;
  if (again) {
    topKReset(heap, keep);
    rest += up(16 + (<usize>keep << 3));
  }
  if (codeKind(index) == F32) {
    for (let i = 0; i < count; i++) {
      const p = partition(index, load<u32>(probe(probes, i)));
      scanF32(
        query, 1, load<u32>(p, 16), load<i32>(p, 28), stride(index), load<u32>(p, 24), 0, mask, 0, top, 0,
        squared(index) ? 1 : 0,
      );
    }
    return;
  }
  if (codeKind(index) == I8) {
    const unit = quantizeQuery(query, stride(index), rest, strideI8(index));
    for (let i = 0; i < count; i++) {
      const p = partition(index, load<u32>(probe(probes, i)));
      scanI8(
        rest, unit, load<u32>(p, 8), load<u32>(p, 12), squared(index) ? <usize>load<u32>(p, 20) : 0, norm,
        load<i32>(p, 28), strideI8(index), load<u32>(p, 24), again ? 1 : 0, load<u32>(probe(probes, i), 4), mask, heap,
      );
    }
  } else searchCodes8(index, query, probes, count, again, norm, mask, heap, rest);
  if (!again) return;
  const numbers = rest;
  const scores = numbers + (<usize>keep << 2);
  const found = topKTake(heap, numbers, scores);
  rescore(index, query, probes, count, numbers, found, top, rest + up(<usize>keep << 3));
}

/**
 * Queries one after another: ids and scores `[queries, k]` and how many each found. `queryBytes`: from one to the next.
 * `scratch`: {@link scratchBytes} and a heap of k.
 */
export function searchBatch(
  index: usize, queries: usize, queryCount: i32, queryBytes: i32, probeCount: i32, gap: f32, keep: i32, k: i32, mask: usize,
  outIds: usize, outScores: usize, outCounts: usize, scratch: usize,
): void {
  const top = scratch;
  const probes = top + up(16 + (<usize>k << 3));
  const rest = probes + up(<usize>max(probeCount, 1) << 4);
  for (let i = 0; i < queryCount; i++) {
    const query = queries + <usize>i * queryBytes;
    topKReset(top, k);
    const found = selectPartitions(index, query, probeCount, gap, probes, rest);
    searchProbes(index, query, probes, found, keep, mask, top, rest);
    const at = <usize>(i * k) << 2;
    store<i32>(outCounts + (<usize>i << 2), topKTake(top, outIds + at, outScores + at));
  }
}
