import { NearkinError } from '@nearkin/core';

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
    const bytes = fromHex(await textOf(build));
    if (shared) declareShared(bytes);
    return await WebAssembly.compile(bytes);
  } catch {
    return undefined;
  }
}

/** Each build is a module of its own, so that a page loads only the one it runs. */
async function textOf(build: WasmBuild): Promise<string> {
  return build === 'relaxed'
    ? (await import('./generated/relaxed.js')).relaxed
    : (await import('./generated/baseline.js')).baseline;
}

/** Hexadecimal, not base64: it is longer as it stands and a fifth shorter once the transfer has compressed it. */
function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
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
  throw new NearkinError('UNSUPPORTED', 'The build does not import its memory; run the script kernels again.');
}
