import { NearkinError } from '@nearkin/core';
import { type DataType, getKernel, type KernelBackend, type TensorInfo } from '@tensorflow/tfjs';

/** What tfjs' wasm backend gives its own kernels, and ours. */
export interface WasmBackend extends KernelBackend {
  /** Allocates memory and does not clear it. */
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  /** The tensor in place, until the next allocation: the memory may then move. */
  typedArrayFromHeap(info: TensorInfo): Float32Array | Int32Array | Uint8Array;
  disposeData(dataId: object): boolean;
}

/** What a kernel is called with. */
export interface KernelCall<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: WasmBackend;
}

/** A float tensor in place; valid until the next allocation. */
export function floats(backend: WasmBackend, info: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array;
}

/** Memory for a float tensor, not cleared. */
export function allocate(backend: WasmBackend, shape: readonly number[]): TensorInfo {
  return backend.makeOutput([...shape], 'float32');
}

/** The same numbers under another shape; shares the memory and needs no disposal of its own. */
export function reshaped(info: TensorInfo, shape: readonly number[]): TensorInfo {
  return { dataId: info.dataId, dtype: info.dtype, shape: [...shape] };
}

export function free(backend: WasmBackend, ...infos: readonly TensorInfo[]): void {
  for (const { dataId } of infos) backend.disposeData(dataId);
}

/** Runs one of the backend's kernels from inside a kernel: no tape, no bookkeeping; the caller frees the result. */
export function run(
  backend: WasmBackend,
  name: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: Readonly<Record<string, unknown>> = {},
): TensorInfo {
  const kernel = getKernel(name, 'wasm');
  if (!kernel)
    throw new NearkinError('BACKEND_UNAVAILABLE', `tfjs-backend-wasm has no kernel ${name}; this needs version 4.22.`);
  return kernel.kernelFunc({ inputs, backend, attrs } as never) as TensorInfo;
}
