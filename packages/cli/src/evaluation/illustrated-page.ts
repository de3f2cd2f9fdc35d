import { throwIfAborted } from '@nearkin/core';
import { type ReportContent, renderReport, type Thumbnails } from '@nearkin/evaluation';
import { thumbnail } from '../pictures/thumbnail.js';
import type { Terminal } from '../terminal/terminal.js';

type PathOf = (id: string) => string | undefined;

/** Pictures that are scaled down side by side. */
const atOnce = 8;

/**
 * Renders a report with thumbnails of exactly the pictures that it shows: a first rendering tells which those are.
 * Pictures that are gone or cannot be read show as placeholders.
 */
export async function illustratedPage(
  content: Omit<ReportContent, 'pictures'>,
  options: { readonly pathOf: { readonly queries: PathOf; readonly gallery: PathOf }; readonly terminal: Terminal },
): Promise<string> {
  const { pathOf, terminal } = options;
  const wanted = { queries: new Set<string>(), gallery: new Set<string>() };
  renderReport({ ...content, pictures: { queries: listening(wanted.queries), gallery: listening(wanted.gallery) } });
  const files = new Set<string>();
  for (const side of ['queries', 'gallery'] as const)
    for (const id of wanted[side]) {
      const path = pathOf[side](id);
      if (path !== undefined) files.add(path);
    }
  const made = await makeThumbnails([...files], terminal);
  const pictures = (side: 'queries' | 'gallery') =>
    new Map(
      [...wanted[side]].flatMap((id) => {
        const url = made.get(pathOf[side](id) ?? '');
        return url === undefined ? [] : [[id, url] as const];
      }),
    );
  return renderReport({ ...content, pictures: { queries: pictures('queries'), gallery: pictures('gallery') } });
}

/** An empty map that notes what it is asked for. */
function listening(asked: Set<string>): Thumbnails {
  return Object.assign(new Map<string, string>(), {
    get(id: string): undefined {
      asked.add(id);
    },
  });
}

async function makeThumbnails(files: readonly string[], terminal: Terminal): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  const bar = terminal.progress('Scaling pictures');
  try {
    for (let start = 0; start < files.length; start += atOnce) {
      throwIfAborted(terminal.signal);
      const part = files.slice(start, start + atOnce);
      const urls = await Promise.all(part.map(thumbnail));
      part.forEach((path, i) => {
        if (urls[i] !== undefined) made.set(path, urls[i]);
      });
      bar.onProgress({ done: start + part.length, total: files.length });
    }
  } finally {
    bar.stop();
  }
  return made;
}
