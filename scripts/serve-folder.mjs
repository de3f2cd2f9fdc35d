import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.md': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** With these a page has threads: nothing of another origin gets in, and no other page gets at it. */
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Serves a folder on this machine only.
 *
 * @param {string} folder
 * @param {{ port?: number, path?: string, isolated?: boolean }} [options] port: 0 for any that is free; path: where the
 *   folder is put, `/` at both ends; isolated: with the headers that give a page threads, default true
 * @returns {Promise<{ address: string, close(): Promise<void> }>}
 */
export async function serveFolder(folder, { port = 0, path = '/', isolated = true } = {}) {
  const root = resolve(folder);
  const server = createServer(async ({ method, url = '/' }, response) => {
    const headers = {
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
      ...(isolated ? isolation : {}),
    };
    const answer = (status, body, more = {}) => {
      response.writeHead(status, { ...headers, ...more });
      response.end(method === 'HEAD' ? undefined : body);
    };
    if (method !== 'GET' && method !== 'HEAD') return answer(405, 'Only reading.', { allow: 'GET, HEAD' });
    let name;
    try {
      name = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    } catch {
      return answer(400, 'Not an address.');
    }
    if (!name.startsWith(path)) return answer(404, 'Not here.');
    const rest = name.slice(path.length) || 'index.html';
    const file = resolve(join(root, rest.endsWith('/') ? `${rest}index.html` : rest));
    if (!file.startsWith(root + sep) || name.includes('\0')) return answer(404, 'Not here.');
    try {
      answer(200, await readFile(file), { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    } catch {
      answer(404, 'Not here.');
    }
  });
  await new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', done);
  });
  return {
    address: `http://127.0.0.1:${server.address().port}${path}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
