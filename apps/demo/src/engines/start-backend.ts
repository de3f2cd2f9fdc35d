import { chooseBackend } from '@nearkin/embedders/browser';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threads from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';

let backend: ReturnType<typeof chooseBackend> | undefined;

/** The fastest tfjs backend that works here, once for each worker. */
export function startBackend(): ReturnType<typeof chooseBackend> {
  backend ??= chooseBackend({
    wasmPaths: { 'tfjs-backend-wasm-simd.wasm': simd, 'tfjs-backend-wasm-threaded-simd.wasm': threads },
  });
  return backend;
}
