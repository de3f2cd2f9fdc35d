import { type TensorInfo, util } from '@tensorflow/tfjs';
import type { KernelCall } from './wasm-backend.js';

/** Adds up the rows of each segment; rows whose segment is not among them are left out. */
export function unsortedSegmentSum({
  inputs,
  attrs,
  backend,
}: KernelCall<
  { readonly x: TensorInfo; readonly segmentIds: TensorInfo },
  { readonly numSegments: number }
>): TensorInfo {
  const { x, segmentIds } = inputs;
  const { numSegments } = attrs;
  const rows = util.sizeFromShape(segmentIds.shape);
  const inner = x.shape.slice(segmentIds.shape.length);
  const size = util.sizeFromShape(inner);
  const out = backend.makeOutput([numSegments, ...inner], x.dtype === 'bool' ? 'int32' : x.dtype);
  const target = backend.typedArrayFromHeap(out).fill(0);
  const source = backend.typedArrayFromHeap(x);
  const ids = backend.typedArrayFromHeap(segmentIds);
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    if (id < 0 || id >= numSegments) continue;
    const to = id * size;
    const from = row * size;
    for (let i = 0; i < size; i++) target[to + i]! += source[from + i]!;
  }
  return out;
}
