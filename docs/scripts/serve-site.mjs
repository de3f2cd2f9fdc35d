import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const site = fileURLToPath(new URL('../.vitepress/dist', import.meta.url));
const types = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Where the site stands on its host, as it was built: `/` or `/nearkin/`. */
const base = process.env.DOCS_BASE ?? '/';

/** Serves the built site as a static host does, `/page` for `page.html`; lists its pages. */
export async function serveSite() {
  const files = new Map(
    readdirSync(site, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath ?? entry.path, entry.name);
        return [path.slice(site.length).replaceAll('\\', '/'), path];
      }),
  );
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const path = pathname.startsWith(base) ? decodeURIComponent(`/${pathname.slice(base.length)}`) : '';
    const file = files.get(path) ?? files.get(`${path}.html`) ?? files.get(`${path}index.html`);
    response.writeHead(file ? 200 : 404, { 'content-type': types[extname(file ?? '')] ?? 'application/octet-stream' });
    response.end(file ? readFileSync(file) : 'not found');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pages = [...files.keys()]
    .filter((path) => path.endsWith('.html') && path !== '/404.html')
    .map((path) => path.replace(/(index)?\.html$/, ''));
  return { url: `http://127.0.0.1:${server.address().port}${base.slice(0, -1)}`, pages, close: () => server.close() };
}
