import type * as LiteRt from '@litertjs/core';
import { NearkinError } from '@nearkin/core';

/** The runtime of `.tflite` models, `@litertjs/core`. */
export type LiteRtLibrary = typeof LiteRt;

export interface LiteRtOptions {
  /**
   * Where the runtime's `wasm` folder is served, ending in a slash. Needed in browsers, unless the page has called
   * `loadLiteRt` itself; in Node the installed package is used.
   */
  readonly wasmPath?: string | undefined;
}

/** What the hosts differ in. */
export interface LiteRtHost {
  /** Loads the runtime once for the whole program; a runtime that the program has loaded is used as it is. */
  load(options: LiteRtOptions): Promise<LiteRtLibrary>;
}

export function liteRtMissing(cause: unknown): NearkinError {
  return new NearkinError(
    'MISSING_DEPENDENCY',
    'Running .tflite models needs the package @litertjs/core; install it: npm install @litertjs/core.',
    { cause, details: { package: '@litertjs/core' } },
  );
}

export function liteRtFailed(cause: unknown): NearkinError {
  return new NearkinError(
    'BACKEND_UNAVAILABLE',
    `@litertjs/core is installed but does not start: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );
}
