import { NearkinError } from '@nearkin/core';
import { type LiteRtHost, type LiteRtLibrary, liteRtFailed, liteRtMissing } from './litert.js';

/** The runtime loads its WebAssembly from where the page serves it. */
export const liteRtHost: LiteRtHost = {
  async load({ wasmPath }) {
    let library: LiteRtLibrary;
    try {
      library = await import('@litertjs/core');
    } catch (cause) {
      throw liteRtMissing(cause);
    }
    const loading = library.getGlobalLiteRtPromise();
    if (!loading && wasmPath === undefined)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        'Expected litert.wasmPath: the address at which the page serves the folder wasm of @litertjs/core.',
      );
    try {
      await (loading ?? library.loadLiteRt(wasmPath!));
    } catch (cause) {
      throw liteRtFailed(cause);
    }
    return library;
  },
};
