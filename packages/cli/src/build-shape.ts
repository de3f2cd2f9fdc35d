import type { Gallery } from '@nearkin/core';
import { buildIndex, type SearchIndex } from '@nearkin/searcher';
import type { IndexShape } from './commands/index.js';
import type { Terminal } from './terminal.js';

/** Builds an index as the command line says, with a progress bar. */
export async function buildShape(gallery: Gallery, shape: IndexShape, terminal: Terminal): Promise<SearchIndex> {
  const { kind, metric, partitions, codes, reorder, targetRecall, seed } = shape;
  const bar = terminal.progress('Building the index');
  try {
    return await buildIndex(gallery, {
      kind,
      metric,
      partitions,
      codes,
      reorder,
      targetRecall,
      seed,
      signal: terminal.signal,
      onProgress: bar.onProgress,
    });
  } finally {
    bar.stop();
  }
}
