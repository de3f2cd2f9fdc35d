import { resolve } from 'node:path';
import { replaceFile } from '@nearkin/core/node';
import type { FewShotEpisodes, RetrievalMetrics } from '@nearkin/evaluation';
import type { EvalEmbedderOptions } from '../options/eval-embedder-options.js';
import { counted } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { flatMaps } from './flat-maps.js';
import { illustratedPage } from './illustrated-page.js';
import type { LabelledSide } from './labelled-side.js';
import { findMislabels } from './mislabels.js';

/** Neighbours that the page shows of each query. */
export const shownNeighbors = 8;

/** Writes everything there is to see about an embedder as one HTML file. */
export async function writeEmbedderReport(
  file: string,
  evaluated: {
    readonly metrics: RetrievalMetrics;
    readonly episodes: readonly FewShotEpisodes[];
    readonly queries: LabelledSide;
    readonly gallery: LabelledSide | undefined;
    readonly job: EvalEmbedderOptions;
  },
  terminal: Terminal,
): Promise<void> {
  const { episodes, queries, job } = evaluated;
  const gallery = evaluated.gallery ?? queries;
  const { seed, distance, embedder } = job;
  const neighbors = evaluated.metrics.neighbors!.map(({ indices, scores }) => ({
    indices: indices.slice(0, shownNeighbors),
    scores: scores.slice(0, shownNeighbors),
  }));
  const marked = neighbors.flatMap(({ indices: [nearest] }, q) => {
    const isWrong = nearest !== undefined && gallery.gallery.labels[nearest] !== queries.gallery.labels[q];
    return isWrong ? [queries.gallery.ids[q]!] : [];
  });
  const { ids, labels, modelId } = queries.gallery;
  const page = await illustratedPage(
    {
      title: `Retrieval on ${queries.name}`,
      description:
        gallery === queries
          ? 'Each picture was asked against all others: how near do pictures of one class lie?'
          : `Each picture was asked against those of ${gallery.name}: how near do pictures of its class lie?`,
      facts: [
        ['Pictures', `${counted(ids.length, 'picture')} of ${counted(new Set(labels).size, 'class')}`],
        ...(gallery === queries ? [] : [['Gallery', counted(gallery.gallery.ids.length, 'picture')] as const]),
        ['Embedder', embedder ?? (modelId === undefined ? 'not told' : modelId)],
        ['Distance', distance],
        ['Seed', String(seed)],
      ],
      retrieval: {
        metrics: { ...evaluated.metrics, neighbors },
        queries: { ids, labels },
        ...(gallery === queries ? {} : { gallery: { ids: gallery.gallery.ids, labels: gallery.gallery.labels } }),
      },
      episodes,
      mislabels: await findMislabels(gallery.gallery, terminal),
      maps: await flatMaps(queries.gallery, { seed, marked, pictures: 'queries', terminal }),
    },
    { pathOf: { queries: queries.pathOf, gallery: gallery.pathOf }, terminal },
  );
  await replaceFile(resolve(file), new TextEncoder().encode(page));
}
