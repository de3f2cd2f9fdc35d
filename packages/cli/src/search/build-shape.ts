import type { Gallery } from '@nearkin/core';
import { buildIndex, type SearchIndex } from '@nearkin/searcher';
import type { IndexShape } from '../options/index-options.js';
import type { Terminal } from '../terminal/terminal.js';

/** What the command line says of an index, and what follows from what it is for. */
export interface BuildShape extends IndexShape {
  readonly residual?: boolean;
  readonly dimensionsPerBlock?: number;
}

/** Builds an index of a shape, with a progress bar. */
export async function buildShape(gallery: Gallery, shape: BuildShape, terminal: Terminal): Promise<SearchIndex> {
  const { kind, metric, partitions, codes, reorder, targetRecall, seed, residual, dimensionsPerBlock } = shape;
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
      residual,
      dimensionsPerBlock,
      signal: terminal.signal,
      onProgress: bar.onProgress,
    });
  } finally {
    bar.stop();
  }
}
