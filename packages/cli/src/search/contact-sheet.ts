import { dirname, join, resolve } from 'node:path';
import type { Hit } from '@nearkin/searcher';
import { modelFolder } from '../classifiers/model-folder.js';
import type { SearchJob } from '../jobs/search-source.js';
import { isPictureOrigin } from '../pictures/picture-origin.js';
import { pictureUrl, thumbnail } from '../pictures/thumbnail.js';
import type { SearchSource } from './open-search-source.js';

export interface ContactSheet {
  readonly title: string;
  readonly job: SearchJob;
  /** Ids of rows that were asked with. */
  readonly rows: readonly string[];
  readonly hits: readonly Hit[];
  readonly searcher: SearchSource;
}

/** A page of its own with the query and what was found, thumbnails inside; pictures that are gone show as their name. */
export async function contactSheet(sheet: ContactSheet): Promise<string> {
  const { hits, job, rows } = sheet;
  const cells: string[] = [];
  for (const hit of hits) {
    const { id, score, label } = hit;
    const caption = `<b>${score.toFixed(3)}</b> ${label === undefined ? '' : `<i>${escapeHtml(label)}</i> `}${escapeHtml(id)}`;
    cells.push(figure(await pictureOf(hit, sheet), { alt: id, caption }));
  }
  const asked: string[] = [];
  if (job.image !== undefined) asked.push(figure(await thumbnail(job.image), { alt: job.image, caption: 'asked for' }));
  for (const id of rows) {
    const hit = hits.find((one) => one.id === id) ?? { id, metadata: metadataOf(id, sheet) };
    asked.push(figure(await pictureOf(hit, sheet), { alt: id, caption: 'asked for' }));
  }
  const title = escapeHtml(sheet.title);
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
<header>${asked.join('')}</header>
<main>
${cells.join('\n')}
</main>
</html>
`;
}

/** The bundle's thumbnail, else one that is made of the file, as long as it is there. */
async function pictureOf(
  { id, metadata }: { id: string; metadata?: unknown },
  { job, searcher }: ContactSheet,
): Promise<string | undefined> {
  const small = await searcher.thumbnail(id);
  if (small) return pictureUrl(small);
  if (job.photos !== undefined) return thumbnail(join(job.photos, id));
  if (!isPictureOrigin(metadata)) return undefined;
  const from = job.source.endsWith('.nearkin') ? dirname(job.source) : modelFolder(job.source);
  return thumbnail(resolve(from, metadata.picture));
}

/** Rows that were asked with are not always among the answers: the index is asked for them. */
function metadataOf(id: string, { searcher }: ContactSheet): unknown {
  const { index } = searcher;
  const [hit] = index?.search(new Float32Array(index.dim), { k: 1, filter: { ids: [id] } }) ?? [];
  return hit?.metadata;
}

function figure(picture: string | undefined, { alt, caption }: { alt: string; caption: string }): string {
  const shown = picture ? `<img src="${picture}" alt="${escapeHtml(alt)}">` : `<div class="none">no picture</div>`;
  return `<figure>${shown}<figcaption>${caption}</figcaption></figure>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
