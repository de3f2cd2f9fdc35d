import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Serves a bundled page with the wasm backend's files and whatever else the test hands out. */
export interface PageServer {
  /** `/` is the page; `/isolated` the same, cross-origin isolated, so that it may use threads. */
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

const types: Record<string, string> = {
  js: 'text/javascript',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
  json: 'application/json',
};

/** @param files by path, without the leading slash; `folder/` hands out what lies in it */
export async function servePage(entry: URL, files: Readonly<Record<string, string | Uint8Array>>): Promise<PageServer> {
  const outdir = '/page';
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: 'esm',
    splitting: true,
    platform: 'browser',
    target: 'es2022',
    conditions: ['nearkin-source'],
    outdir,
    logLevel: 'error',
  });
  const script = outputFiles.find(({ path }) =>
    path.endsWith(`${fileURLToPath(entry).replace(/^.*\/|\.ts$/g, '')}.js`),
  );
  const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  const bundled = Object.fromEntries(outputFiles.map(({ path, contents }) => [path.slice(1), contents]));
  const all: Readonly<Record<string, string | Uint8Array | undefined>> = { ...bundled, 'wasm/': wasm, ...files };
  const asked: string[] = [];
  const find = async (path: string): Promise<Uint8Array> => {
    if (path === '' || path === 'isolated')
      return Buffer.from(`<!doctype html><script type="module" src="${script!.path}"></script>`);
    const given = all[path];
    if (given instanceof Uint8Array) return given;
    if (given !== undefined) return readFile(given);
    const folder = Object.keys(all).find((name) => name.endsWith('/') && path.startsWith(name));
    return readFile(join(all[folder!] as string, path.slice(folder!.length)));
  };
  const server = createServer(async ({ url }, response) => {
    const path = new URL(url!, 'http://localhost').pathname.slice(1);
    asked.push(path);
    try {
      const body = await find(path);
      response.setHeader('content-type', types[path.split('.').at(-1)!] ?? 'text/html');
      if (path === 'isolated') response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', path === '' ? 'unsafe-none' : 'require-corp');
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
