import { NearkinError } from '@nearkin/core';
import { type BackendChoice, type BackendName, type BackendStarter, startFirst } from './backend-choice.js';
import { isSoftwareRenderer, softwareRenderer } from './software-renderer.js';
import { applyWasmPaths, type WasmPaths } from './wasm-paths.js';

const order = ['webgpu', 'webgl', 'wasm', 'cpu'] as const satisfies readonly BackendName[];

export interface ChooseBackendOptions {
  /** Use this one or fail. */
  readonly force?: 'webgpu' | 'webgl' | 'wasm' | 'cpu' | undefined;
  /**
   * Where tfjs-backend-wasm's `.wasm` files are: a folder's URL with a slash at its end, or URLs by file name. Naming
   * `tfjs-backend-wasm-simd.wasm` is enough for current browsers; where `tfjs-backend-wasm-threaded-simd.wasm` is named
   * too and the page is cross-origin isolated, threads are used. Without it wasm is passed over, since a bundle does not
   * tell where they went.
   */
  readonly wasmPaths?: WasmPaths | undefined;
}

/**
 * Starts the fastest tfjs backend that works here: WebGPU, WebGL, WebAssembly, plain JavaScript. A WebGL or WebGPU that
 * is computed in software is many times slower than wasm and stands behind it.
 *
 * @returns which one runs, and why not the ones before it
 * @throws {NearkinError} `BACKEND_UNAVAILABLE` when the forced one, or none, can run; `INVALID_ARGUMENT`
 * @example
 * await chooseBackend({ wasmPaths: '/tfjs-wasm/' });
 */
export async function chooseBackend(options: ChooseBackendOptions = {}): Promise<BackendChoice> {
  const { force, wasmPaths } = options;
  if (force !== undefined && !order.includes(force))
    throw new NearkinError('INVALID_ARGUMENT', `Expected a backend of ${order.join(', ')}, got ${force}.`, {
      details: { force },
    });
  const starters = makeStarters(wasmPaths, force !== undefined);
  if (force) return startFirst([force], starters);
  const fast = await startFirst(order, starters).catch((error: NearkinError) => error);
  if (!(fast instanceof NearkinError) && (fast.name !== 'cpu' || !softwareRenderer())) return fast;
  // Without wasm, WebGL in software is still better than plain JavaScript.
  return startFirst(['webgl', 'cpu'], makeStarters(wasmPaths, true)).then((choice) =>
    fast instanceof NearkinError ? choice : { ...choice, tried: [...fast.tried.slice(0, -1), ...choice.tried] },
  );
}

function makeStarters(
  wasmPaths: ChooseBackendOptions['wasmPaths'],
  software: boolean,
): Partial<Record<BackendName, BackendStarter>> {
  return {
    async webgpu() {
      const gpu = (
        navigator as {
          gpu?: {
            requestAdapter(): Promise<{
              info?: { isFallbackAdapter?: boolean; vendor?: string; architecture?: string };
            } | null>;
          };
        }
      ).gpu;
      const adapter = await gpu?.requestAdapter();
      if (!adapter) throw new NearkinError('BACKEND_UNAVAILABLE', 'this browser has no WebGPU adapter');
      const { info } = adapter;
      if (!software && (info?.isFallbackAdapter || isSoftwareRenderer(`${info?.vendor} ${info?.architecture}`)))
        throw new NearkinError('BACKEND_UNAVAILABLE', 'its adapter computes in software');
      await import('@tensorflow/tfjs-backend-webgpu');
      return undefined;
    },
    async webgl() {
      const renderer = softwareRenderer();
      if (renderer && !software) throw new NearkinError('BACKEND_UNAVAILABLE', `it computes in software (${renderer})`);
      await import('@tensorflow/tfjs-backend-webgl');
      return renderer ? `in software (${renderer})` : undefined;
    },
    async wasm() {
      if (wasmPaths === undefined)
        throw new NearkinError('BACKEND_UNAVAILABLE', 'chooseBackend was not told where its files are (wasmPaths)');
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      return applyWasmPaths(wasmPaths, setWasmPaths);
    },
    async cpu() {
      await import('@tensorflow/tfjs-backend-cpu');
      return 'plain JavaScript, many times slower than wasm';
    },
  };
}
