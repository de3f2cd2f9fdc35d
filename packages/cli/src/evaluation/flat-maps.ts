import { createRng, type Gallery, l2Normalize, selectRows } from '@nearkin/core';
import { projectPca, projectUmap, type ReportMap } from '@nearkin/evaluation';
import type { Terminal } from '../terminal/terminal.js';

/** More points than this hide one another, and make the page heavy. */
const mostPoints = 2000;
/** UMAP looks for neighbours in the strongest directions: as near as makes no difference, and much sooner. */
const umapDirections = 50;
const fewestForUmap = 4;

/**
 * Lays rows out by PCA and by UMAP; of many rows a seeded sample, the same for both.
 *
 * @param options.marked ids of rows to mark
 * @param options.pictures which thumbnails of the page show the rows
 */
export async function flatMaps(
  rows: Gallery,
  options: {
    readonly seed: number;
    readonly marked: readonly string[];
    readonly pictures: 'queries' | 'gallery';
    readonly terminal: Terminal;
  },
): Promise<ReportMap[]> {
  const { seed, marked, pictures, terminal } = options;
  const { signal } = terminal;
  const { count } = rows.vectors;
  const kept = createRng(seed)
    .sample(count, Math.min(count, mostPoints))
    .sort((a, b) => a - b);
  const vectors = l2Normalize(selectRows(rows.vectors, kept));
  const common = {
    ids: kept.map((row) => rows.ids[row]!),
    labels: kept.map((row) => rows.labels[row]!),
    marked,
    pictures,
  };
  const sample = kept.length < count ? `, ${kept.length} of ${count} pictures` : '';
  const { coordinates, explained } = projectPca(vectors, { signal });
  const maps: ReportMap[] = [{ ...common, method: `PCA${sample}`, coordinates, explained }];
  if (explained === null || kept.length < fewestForUmap) return maps;
  const bar = terminal.progress('Drawing the map');
  try {
    const near =
      vectors.dim > umapDirections ? projectPca(vectors, { components: umapDirections, signal }).coordinates : vectors;
    const umap = await projectUmap(near, { seed, signal, onProgress: bar.onProgress });
    return [...maps, { ...common, method: `UMAP${sample}`, coordinates: umap.coordinates }];
  } finally {
    bar.stop();
  }
}
