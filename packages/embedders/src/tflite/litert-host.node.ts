import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type LiteRtHost, type LiteRtLibrary, liteRtFailed, liteRtMissing } from './litert.js';

const require = createRequire(import.meta.url);

/**
 * The runtime is made for browsers: it loads its glue code with `importScripts` and looks for it on `self`. The glue code
 * itself knows Node. So it is started here, as the CommonJS module that it is, and handed over through those two names,
 * which exist, with a `navigator` that has no graphics card, for the moment of the handover only.
 */
export const liteRtHost: LiteRtHost = {
  async load({ wasmPath }) {
    let library: LiteRtLibrary;
    try {
      library = await import('@litertjs/core');
    } catch (cause) {
      throw liteRtMissing(cause);
    }
    try {
      if (!library.getGlobalLiteRtPromise()) starting ??= start(library, wasmPath);
      await (starting ?? library.getGlobalLiteRtPromise());
    } catch (cause) {
      starting = undefined;
      throw liteRtFailed(cause);
    }
    return library;
  },
};

const noGraphics = { limits: {}, features: new Set<string>(), requestDevice: async () => null };

/** Of each model it opens it tells, and that phones' accelerators are missing. */
const chatter = /^INFO|^WARNING: \[npu_registry/;

let starting: Promise<unknown> | undefined;

type Factory = (options: { printErr: (line: string) => void }) => Promise<unknown>;

async function start(library: LiteRtLibrary, wasmPath: string | undefined): Promise<void> {
  const folder = wasmPath ?? join(dirname(require.resolve('@litertjs/core')), '..', 'wasm');
  const relaxed = await library.supportsFeature('relaxedSimd');
  const path = join(folder, relaxed ? 'litert_wasm_internal.js' : 'litert_wasm_compat_internal.js');
  const module = await (await commonJs(path))({
    printErr: (line) => {
      if (!chatter.test(line)) console.warn(line);
    },
  });
  const names = ['self', 'navigator', 'importScripts'] as const;
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  const define = (name: string, value: unknown) =>
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  if (!before[0]) define('self', globalThis);
  // It asks for a graphics card and complains where there is nobody to ask.
  define('navigator', { gpu: { requestAdapter: async () => noGraphics } });
  define('importScripts', () => define('ModuleFactory', async () => module));
  try {
    await library.loadLiteRt(path);
  } finally {
    names.forEach((name, i) => {
      if (before[i]) Object.defineProperty(globalThis, name, before[i]);
      else Reflect.deleteProperty(globalThis, name);
    });
    Reflect.deleteProperty(globalThis, 'ModuleFactory');
    Reflect.deleteProperty(globalThis, 'Module');
  }
}

/** Runs a CommonJS file of a package that calls itself ESM, which `require` would refuse. */
async function commonJs(path: string): Promise<Factory> {
  const code = await readFile(path, 'utf8');
  const module: { exports: unknown } = { exports: {} };
  const names = ['require', 'module', 'exports', '__filename', '__dirname'];
  // The code is that of an installed package, as trusted as an import of it.
  new Function(...names, code)(require, module, module.exports, path, dirname(path));
  return module.exports as Factory;
}
