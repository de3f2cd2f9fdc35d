import { dirname, join, resolve } from 'node:path';
import type { Hit } from '@nearkin/searcher';
import { isPictureOrigin } from './picture-origin.js';
import { thumbnail } from './thumbnail.js';

export interface ContactSheet {
  /** The index file: pictures are looked for where they lay, seen from it. */
  readonly file: string;
  /** Where the pictures lie now; then their ids are paths in it. */
  readonly photos?: string;
  readonly query: string;
  /** The query's picture; without it the query is the id of a row. */
  readonly image?: string;
  readonly hits: readonly Hit[];
}

/** A page of its own with the query and what was found, thumbnails inside; pictures that are gone show as their name. */
export async function contactSheet(sheet: ContactSheet): Promise<string> {
  const { query, hits } = sheet;
  const asked = sheet.image ?? pathOf({ id: query, metadata: hits.find(({ id }) => id === query)?.metadata }, sheet);
  const cells: string[] = [];
  for (const { id, score, label, metadata } of hits) {
    const path = pathOf({ id, metadata }, sheet);
    const caption = `<b>${score.toFixed(3)}</b> ${label === undefined ? '' : `<i>${escapeHtml(label)}</i> `}${escapeHtml(id)}`;
    cells.push(figure(path === undefined ? undefined : await thumbnail(path), { alt: id, caption }));
  }
  const title = `Like ${escapeHtml(query)}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title>
<style>
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif }
body { margin: 2rem; display: grid; gap: 1.5rem }
h1 { font-size: 1.2rem; margin: 0; overflow-wrap: anywhere }
main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)) }
figure { margin: 0 }
img, .none { width: 100%; aspect-ratio: 1; object-fit: contain; background: #8881; border-radius: 6px; display: grid; place-items: center }
figcaption { overflow-wrap: anywhere; font-size: .85rem }
header { max-width: 12rem }
</style>
<h1>${title}</h1>
<header>${figure(asked === undefined ? undefined : await thumbnail(asked), { alt: query, caption: 'asked for' })}</header>
<main>
${cells.join('\n')}
</main>
</html>
`;
}

function pathOf(
  { id, metadata }: { id: string; metadata?: unknown },
  { file, photos }: ContactSheet,
): string | undefined {
  if (photos !== undefined) return join(photos, id);
  return isPictureOrigin(metadata) ? resolve(dirname(file), metadata.picture) : undefined;
}

function figure(picture: string | undefined, { alt, caption }: { alt: string; caption: string }): string {
  const shown = picture ? `<img src="${picture}" alt="${escapeHtml(alt)}">` : `<div class="none">no picture</div>`;
  return `<figure>${shown}<figcaption>${caption}</figcaption></figure>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
