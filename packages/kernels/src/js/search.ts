import type { KernelFunctions } from '../kernel-functions.js';
import type { CodeKindNumber } from '../search-descriptor.js';
import type { Heap } from './heap.js';
import { descriptorAt, partitionOf, readProbes, up } from './index-layout.js';
import { quantizeQuery, scanI8 } from './int8.js';
import { rescoreList } from './rescore.js';
import { scanF32, scoreF32 } from './scan-f32.js';
import { searchCodes4, searchCodes8 } from './search-codes.js';
import { selectPartitions } from './select-partitions.js';
import { topKReset, topKTake } from './top-k.js';

const codeKinds = { f32: 0, int8: 1, pq4: 2, pq8: 3 } satisfies Record<string, CodeKindNumber>;

type SearchFunctions = Pick<KernelFunctions, 'scratchBytes' | 'searchBatch' | 'searchProbes'>;

/** Twin of assembly/search.ts: the same steps, the same results; plain arrays where the SIMD build has scratch. */
export function search(heap: Heap): SearchFunctions {
  const exact = scanF32(heap);
  const { selectPartitions: select } = selectPartitions(heap);

  const scratchBytes: SearchFunctions['scratchBytes'] = (offset, probeCount, keep) => {
    const index = descriptorAt(heap, offset);
    return (
      up(4 * (index.partitions + 8)) +
      4 * up(16 + 8 * probeCount) +
      up(2 * index.strideI8) +
      up(16 + 8 * keep) * 3 +
      256
    );
  };

  const searchProbes: SearchFunctions['searchProbes'] = (offset, query, probesAt, count, keep, mask, top, scratch) => {
    const index = descriptorAt(heap, offset);
    const probes = readProbes(heap, probesAt, count);
    const numbered = index.reorder !== 0 && index.codes !== codeKinds.f32;
    const norm = index.squared ? scoreF32(heap.f32, query >>> 2, query >>> 2, index.stride, false) : 0;
    if (index.codes === codeKinds.pq4) {
      const wanted = numbered ? keep : heap.i32[(top >>> 2) + 1]!;
      searchCodes4(heap, index, query, { probes, mask, top, norm, numbered, keep: wanted, scratch });
      return;
    }
    const heapAt = numbered ? scratch : top;
    const rest = numbered ? scratch + up(16 + 8 * keep) : scratch;
    if (numbered) topKReset(heap, heapAt, keep);
    if (index.codes === codeKinds.pq8) searchCodes8(heap, index, query, { probes, mask, top: heapAt, norm, numbered });
    const unit = index.codes === codeKinds.int8 ? quantizeQuery(heap, query, index.stride, rest, index.strideI8) : 0;
    for (const probe of probes) {
      const p = partitionOf(heap, index, probe.partition);
      const { ids, n } = p;
      if (index.codes === codeKinds.f32)
        exact.scanF32(query, 1, p.rows, n, index.stride, ids, 0, mask, 0, top, 0, index.squared ? 1 : 0);
      if (index.codes === codeKinds.int8) {
        const norms = index.squared ? p.norms : 0;
        const rows = { rows: p.int8, scales: p.scales, norms, n, stride: index.strideI8, ids, base: probe.base };
        scanI8(heap, { ...rows, query: rest, unit, queryNorm: norm, numbered, mask, top: heapAt });
      }
    }
    if (!numbered) return;
    const found = topKTake(heap, heapAt, rest, rest + 4 * keep);
    const numbers = [...heap.u32.subarray(rest >>> 2, (rest >>> 2) + found)];
    rescoreList(heap, index, query, { probes, numbers, top, scratch: rest + up(8 * keep) });
  };

  return {
    scratchBytes,
    searchProbes,
    searchBatch(
      index,
      queries,
      queryCount,
      queryBytes,
      probeCount,
      gap,
      keep,
      k,
      mask,
      outIds,
      outScores,
      outCounts,
      scratch,
    ) {
      const probes = scratch + up(16 + 8 * k);
      const rest = probes + up(16 * Math.max(probeCount, 1));
      for (let i = 0; i < queryCount; i++) {
        const query = queries + i * queryBytes;
        topKReset(heap, scratch, k);
        const found = select(index, query, probeCount, gap, probes, rest);
        searchProbes(index, query, probes, found, keep, mask, scratch, rest);
        heap.i32[(outCounts >>> 2) + i] = topKTake(heap, scratch, outIds + 4 * i * k, outScores + 4 * i * k);
      }
    },
  };
}
