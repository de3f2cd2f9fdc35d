import { env, setBackend } from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const folder = new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url);
setWasmPaths(folder.protocol === 'file:' ? decodeURIComponent(folder.pathname) : folder.href);
env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);

/** Starts a backend of tests, in Node and in a page. Training on wasm also needs `enableWasmTraining()`. */
export async function startBackend(name: 'cpu' | 'wasm'): Promise<void> {
  await setBackend(name);
}
