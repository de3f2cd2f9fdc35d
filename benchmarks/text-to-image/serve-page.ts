import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the page from the sources and serves it with the search bundles of a folder; isolated, for a finer clock. */
export async function servePage(bundles: string): Promise<{ address: string; close(): void }> {
  const made = await build({
    entryPoints: [fileURLToPath(new URL('./page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['nearkin-source', 'browser'],
    external: ['node:*', '@huggingface/transformers', '@tensorflow/tfjs-node'],
    supported: { 'top-level-await': true },
  });
  const script = made.outputFiles[0]!.contents;
  const server = createServer(async (request, response) => {
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    if (path === '/page.js') return response.setHeader('Content-Type', 'text/javascript').end(script);
    if (path === '/')
      return response
        .setHeader('Content-Type', 'text/html')
        .end('<!doctype html><script type="module" src="/page.js"></script>');
    const bytes = await readFile(join(bundles, path)).catch(() => undefined);
    return bytes ? response.end(bytes) : response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}
