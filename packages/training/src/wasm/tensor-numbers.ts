import { backend, getBackend, type Tensor } from '@tensorflow/tfjs';
import { floats, type WasmBackend } from './wasm-backend.js';

/**
 * The numbers of a tensor to copy out of, at once: on wasm they are its memory in place, which may move with the next
 * tensor. There `dataSync` would copy them once more.
 */
export function numbersInPlace(tensor: Tensor): Float32Array | Int32Array {
  if (getBackend() !== 'wasm' || tensor.size === 0) return tensor.dataSync() as Float32Array;
  return floats(backend() as WasmBackend, tensor);
}
