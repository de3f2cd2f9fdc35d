import { NearkinError } from '@nearkin/core';
import { env } from '@tensorflow/tfjs-core';

/** The builds of tfjs-backend-wasm: plain, with SIMD, with SIMD and threads. */
export type WasmFile =
  | 'tfjs-backend-wasm.wasm'
  | 'tfjs-backend-wasm-simd.wasm'
  | 'tfjs-backend-wasm-threaded-simd.wasm';

/** A folder's URL with a slash at its end, or URLs by file name. Only what is named is used. */
export type WasmPaths = string | Readonly<Partial<Record<WasmFile, string>>>;

const simd = 'tfjs-backend-wasm-simd.wasm';
const plain = 'tfjs-backend-wasm.wasm';
const threaded = 'tfjs-backend-wasm-threaded-simd.wasm';

/**
 * Tells tfjs-backend-wasm where its files are. tfjs wants all three named and takes the threaded one wherever threads can
 * be had; here a build that is not named is not asked for.
 *
 * @returns which build will run
 * @throws {NearkinError} `BACKEND_UNAVAILABLE` when none of the named builds can run here
 */
export async function applyWasmPaths(paths: WasmPaths, set: (paths: never) => void): Promise<string> {
  const hasSimd = Boolean(await env().getAsync('WASM_HAS_SIMD_SUPPORT'));
  const named = (file: WasmFile) => typeof paths === 'string' || paths[file] !== undefined;
  if (!named(threaded)) env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const hasThreads = hasSimd && Boolean(await env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'));
  const file = hasThreads ? threaded : hasSimd && named(simd) ? simd : plain;
  if (!named(file))
    throw new NearkinError('BACKEND_UNAVAILABLE', `this browser needs ${file}, which wasmPaths does not name`);
  // What is not asked for must be named all the same; the plain build runs wherever the one with SIMD does.
  const url = typeof paths === 'string' ? '' : paths[file];
  set((typeof paths === 'string' ? paths : { [plain]: url, [simd]: url, [threaded]: url, ...paths }) as never);
  return hasThreads ? 'with SIMD and threads' : file === simd ? 'with SIMD' : 'without SIMD';
}
