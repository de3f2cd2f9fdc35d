import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';

/** A static host that answers Range requests. */
export function serveFolder(root: string): RequestListener {
  return async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const bytes = await readFile(join(root, decodeURIComponent(pathname))).catch(() => undefined);
    if (!bytes) return void response.writeHead(404).end();
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    if (!range) return void response.writeHead(200).end(bytes);
    const start = Number(range[1]);
    const part = bytes.subarray(start, Number(range[2]) + 1);
    response.writeHead(206, { 'content-range': `bytes ${start}-${start + part.length - 1}/${bytes.length}` }).end(part);
  };
}
