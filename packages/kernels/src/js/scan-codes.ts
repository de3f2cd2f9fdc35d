import type { KernelFunctions } from '../kernel-functions.js';
import type { Heap } from './heap.js';
import { scanF32 } from './scan-f32.js';

/** Scores every row: the same heaps, without the codes. */
export function scanCodes(heap: Heap): Pick<KernelFunctions, 'scanCodes'> {
  const plain = scanF32(heap);
  return {
    scanCodes(gallery, _packed, queries, _codes, _infos, queryCount, exclude, tops, topBytes) {
      const [rows, n, stride] = heap.u32.subarray(gallery >>> 2) as unknown as [number, number, number];
      const squared = heap.u32[(gallery >>> 2) + 7]!;
      plain.scanF32(queries, queryCount, rows, n, stride, 0, 0, 0, exclude, tops, topBytes, squared);
      return queryCount * n;
    },
  };
}
