import { env, setBackend } from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const wasm = new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', import.meta.url);
const path = wasm.protocol === 'file:' ? decodeURIComponent(wasm.pathname) : wasm.href;
setWasmPaths({
  'tfjs-backend-wasm.wasm': path,
  'tfjs-backend-wasm-simd.wasm': path,
  'tfjs-backend-wasm-threaded-simd.wasm': path,
});
env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);

/** Starts a backend of tests, in Node and in a page. Training on wasm also needs `enableWasmTraining()`. */
export async function startBackend(name: 'cpu' | 'wasm'): Promise<void> {
  await setBackend(name);
}
