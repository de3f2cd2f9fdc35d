import { baseline } from './generated/baseline.js';
import { relaxed } from './generated/relaxed.js';

/** Which build: both have the same functions; the relaxed one uses fused multiply-add in query paths. */
export type WasmBuild = 'baseline' | 'relaxed';

const modules = new Map<string, Promise<WebAssembly.Module | undefined>>();

/**
 * Compiles a build once.
 *
 * @param shared for a memory on a SharedArrayBuffer: the same code, the imported memory declared shared
 * @returns undefined where the host has no WebAssembly, no SIMD, or forbids to compile (content security policy)
 */
export function wasmModule(build: WasmBuild, shared: boolean): Promise<WebAssembly.Module | undefined> {
  const key = `${build}/${shared}`;
  let module = modules.get(key);
  if (!module) {
    module = compile(build, shared);
    modules.set(key, module);
  }
  return module;
}

/** Does this host have relaxed SIMD? */
export function hasRelaxedSimd(): boolean {
  // A function of one instruction: i8x16.relaxed_swizzle of two splats.
  const probe = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0];
  const body = [65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11];
  try {
    return WebAssembly.validate(new Uint8Array([...probe, ...body]));
  } catch {
    return false;
  }
}

async function compile(build: WasmBuild, shared: boolean): Promise<WebAssembly.Module | undefined> {
  try {
    const bytes = Uint8Array.from(atob(build === 'relaxed' ? relaxed : baseline), (c) => c.charCodeAt(0));
    if (shared) declareShared(bytes);
    return await WebAssembly.compile(bytes);
  } catch {
    return undefined;
  }
}

/** The import reads: …"memory", kind 2, limits flag 1 (has a maximum); flag 3 is the shared form. Code stays the same. */
function declareShared(bytes: Uint8Array): void {
  const name = [...'memory'].map((c) => c.charCodeAt(0));
  const wanted = [...name, 2, 1];
  for (let i = 0; i + wanted.length <= bytes.length; i++) {
    if (!wanted.every((value, j) => bytes[i + j] === value)) continue;
    bytes[i + wanted.length - 1] = 3;
    return;
  }
  throw new Error('The build does not import its memory.');
}
