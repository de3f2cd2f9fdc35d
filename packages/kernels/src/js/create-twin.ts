import type { KernelFunctions } from '../kernel-functions.js';
import type { MemoryGround } from '../kernel-memory.js';
import { assign } from './assign.js';
import { type Heap, viewHeap } from './heap.js';
import { int8 } from './int8.js';
import { productCodes } from './product-codes.js';
import { rescore } from './rescore.js';
import { scanCodes } from './scan-codes.js';
import { scanF32 } from './scan-f32.js';
import { search } from './search.js';
import { selectPartitions } from './select-partitions.js';
import { topKReset, topKTake } from './top-k.js';

/** The kernels in JavaScript: for hosts without WebAssembly, and the oracle that the WebAssembly builds are tested against. */
export function createTwin(): { ground: MemoryGround; functions: KernelFunctions } {
  let buffer = new ArrayBuffer(1 << 20);
  const heap = {} as Heap;
  viewHeap(heap, buffer);
  return {
    ground: {
      buffer: () => buffer,
      grow(bytes) {
        const old = buffer;
        const room = Math.ceil(Math.min(2 ** 32 - 65536, Math.max(bytes, 1.5 * old.byteLength)) / 65536) * 65536;
        buffer = new ArrayBuffer(room);
        new Uint8Array(buffer).set(new Uint8Array(old));
        viewHeap(heap, buffer);
      },
    },
    functions: {
      topKReset: (top, k) => topKReset(heap, top, k),
      topKTake: (top, rows, scores) => topKTake(heap, top, rows, scores),
      ...scanF32(heap),
      ...scanCodes(heap),
      ...int8(heap),
      ...assign(heap),
      ...productCodes(heap),
      ...selectPartitions(heap),
      ...rescore(heap),
      ...search(heap),
    },
  };
}
