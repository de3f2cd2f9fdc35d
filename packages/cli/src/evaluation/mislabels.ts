import type { Gallery } from '@nearkin/core';
import { likelyMislabels, type MislabelReport } from '@nearkin/evaluation';
import type { Terminal } from '../terminal/terminal.js';

/** Comparing every row with every other takes some twenty seconds then. */
const mostMultiplications = 2 ** 34;

/** Pictures that may carry a wrong label; undefined where there are too many, or too few, to tell. */
export async function findMislabels(gallery: Gallery, terminal: Terminal): Promise<MislabelReport | undefined> {
  const { count, dim } = gallery.vectors;
  if (count * count * dim > mostMultiplications) {
    terminal.note('  Too many pictures to look for wrong labels; the report leaves that out.');
    return undefined;
  }
  if (new Set(gallery.labels).size < 2) return undefined;
  const bar = terminal.progress('Looking for wrong labels');
  try {
    return await likelyMislabels(gallery, { signal: terminal.signal, onProgress: bar.onProgress });
  } finally {
    bar.stop();
  }
}
