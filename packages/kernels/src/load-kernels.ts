import type { KernelFunctions } from './kernel-functions.js';
import { createKernelMemory, type KernelMemory } from './kernel-memory.js';
import { hasRelaxedSimd, type WasmBuild, wasmModule } from './wasm-module.js';

/** What computes: WebAssembly with SIMD, the same with relaxed SIMD, or JavaScript. */
export type Engine = 'wasm' | 'wasm-relaxed' | 'js';

/** Kernels with a memory of their own. Dropping the last reference frees the memory. */
export interface Kernels extends KernelFunctions {
  readonly engine: Engine;
  readonly memory: KernelMemory;
  /** What a worker needs to compute on the same memory; only with `shared`. */
  readonly share?: { readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory };
}

export interface LoadKernelsOptions {
  /** `wasm` (default) falls back to `js` where the host has no WebAssembly SIMD or forbids it. */
  readonly prefer?: 'wasm' | 'js' | undefined;
  /** Use relaxed SIMD; default: where the host has it. */
  readonly relaxed?: boolean | undefined;
  /** Put the memory on a SharedArrayBuffer, so that workers can compute on it; ignored where the host has none. */
  readonly shared?: boolean | undefined;
}

/**
 * Loads the kernels with a new, empty memory. Compiled code is kept between calls.
 *
 * @example
 * const kernels = await loadKernels();
 * console.log(kernels.engine); // wasm
 */
export async function loadKernels(options: LoadKernelsOptions = {}): Promise<Kernels> {
  if (options.prefer !== 'js') {
    const relaxed = options.relaxed ?? true;
    const builds: WasmBuild[] = relaxed && hasRelaxedSimd() ? ['relaxed', 'baseline'] : ['baseline'];
    for (const build of builds) {
      const kernels = await instantiate(build, options.shared === true && canShare());
      if (kernels) return kernels;
    }
  }
  // Only hosts without WebAssembly load the twin.
  const { createTwin } = await import('./js/create-twin.js');
  const { ground, functions } = createTwin();
  return Object.freeze({ engine: 'js' as const, memory: createKernelMemory(ground), ...functions });
}

/** Can memory be shared with workers? Browsers want a cross-origin isolated page for it. */
export function canShare(): boolean {
  return (
    typeof SharedArrayBuffer !== 'undefined' &&
    (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false
  );
}

async function instantiate(build: WasmBuild, shared: boolean): Promise<Kernels | undefined> {
  const module = await wasmModule(build, shared);
  if (!module) return undefined;
  let memory: WebAssembly.Memory;
  let instance: WebAssembly.Instance;
  try {
    memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared });
    instance = await WebAssembly.instantiate(module, { env: { memory } });
  } catch {
    return undefined;
  }
  const ground = {
    buffer: () => memory.buffer,
    grow(bytes: number) {
      const missing = Math.ceil((bytes - memory.buffer.byteLength) / 65536);
      const room = 65535 - memory.buffer.byteLength / 65536;
      memory.grow(Math.max(missing, Math.min(room, 16)));
    },
  };
  return Object.freeze({
    engine: build === 'relaxed' ? ('wasm-relaxed' as const) : ('wasm' as const),
    memory: createKernelMemory(ground),
    ...(shared ? { share: { module, memory } } : {}),
    ...(instance.exports as unknown as KernelFunctions),
  });
}
