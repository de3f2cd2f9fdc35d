import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { NearkinError } from '@nearkin/core';
import { env } from '@tensorflow/tfjs-core';
import {
  type BackendAttempt,
  type BackendChoice,
  type BackendName,
  type BackendStarter,
  describeAll,
  startFirst,
} from './backend-choice.js';

const order = ['tensorflow', 'wasm', 'cpu'] as const satisfies readonly BackendName[];

export interface ChooseBackendOptions {
  /** Use this one or fail. Default: the environment variable `NEARKIN_BACKEND`, else the first that works. */
  readonly force?: 'tensorflow' | 'wasm' | 'cpu' | undefined;
}

/**
 * Starts the fastest tfjs backend that works here: tfjs-node (`tensorflow`) where it is installed and whole, else
 * WebAssembly, else plain JavaScript.
 *
 * @returns which one runs, and why not the ones before it
 * @throws {NearkinError} `BACKEND_UNAVAILABLE` when the forced one, or none, can run; `INVALID_ARGUMENT`
 * @example
 * (await chooseBackend()).name; // 'wasm'
 */
export async function chooseBackend(options: ChooseBackendOptions = {}): Promise<BackendChoice> {
  const force = options.force ?? (process.env['NEARKIN_BACKEND'] || undefined);
  if (force === undefined) return startFirst(order, starters);
  if (!order.some((name) => name === force))
    throw new NearkinError('INVALID_ARGUMENT', `Expected a backend of ${order.join(', ')}, got ${force}.`, {
      details: { force },
    });
  return startFirst([force as BackendName], starters);
}

/** Looks at every backend of this host, for `nearkin doctor`; the one that runs keeps running. */
export function describeBackends(): Promise<BackendAttempt[]> {
  return describeAll(order, starters);
}

const starters: Partial<Record<BackendName, BackendStarter>> = {
  async tensorflow() {
    await import('@tensorflow/tfjs-node');
    return undefined;
  },
  async wasm() {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(`${dirname(entry)}${sep}`);
    return (await env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? 'with SIMD' : 'without SIMD';
  },
  async cpu() {
    await import('@tensorflow/tfjs-backend-cpu');
    return 'plain JavaScript, many times slower than wasm';
  },
};
