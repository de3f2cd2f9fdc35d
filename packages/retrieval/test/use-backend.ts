import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** Starts a backend on either host; the WASM binary comes from the package. */
export async function useBackend(name: 'cpu' | 'wasm'): Promise<void> {
  if (name === 'wasm') setWasmPaths(await wasmFolder());
  await tf.setBackend(name);
  await tf.ready();
}

async function wasmFolder(): Promise<string> {
  if (typeof window !== 'undefined') {
    const { default: url } = await import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url');
    return url.slice(0, url.lastIndexOf('/') + 1);
  }
  const { createRequire } = await import('node:module');
  const { dirname } = await import('node:path');
  return `${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`;
}
