import { type Gallery, rowsByLabel } from '@nearkin/core';
import { type FewShotEpisodes, fewShotEpisodes } from '@nearkin/evaluation';
import type { EpisodeShape } from '../option-values.js';
import type { EvalEmbedderOptions } from '../options/eval-embedder-options.js';
import type { Terminal } from '../terminal/terminal.js';

const usualShapes: readonly EpisodeShape[] = [
  { ways: 5, shots: 1 },
  { ways: 20, shots: 1 },
];
const mostQueries = 15;

/**
 * Runs the few-shot episodes that were asked for, or the usual ones as far as there are classes enough.
 *
 * @param sides.support where support comes from, if not from the pictures that are asked
 * @throws {NearkinError} `TOO_FEW_CLASSES` when episodes were asked for that the albums cannot fill
 */
export async function fewShotRuns(
  sides: { readonly queries: Gallery; readonly support: Gallery | undefined },
  job: Pick<EvalEmbedderOptions, 'episodes' | 'episodeCount' | 'queriesPerClass' | 'rule' | 'distance' | 'seed'>,
  terminal: Terminal,
): Promise<FewShotEpisodes[]> {
  const { queries, support = queries } = sides;
  const { rule, distance, seed, episodeCount: episodes } = job;
  const isShared = support === queries;
  const supportRows = rowsByLabel(support.labels);
  const queryRows = rowsByLabel(queries.labels);
  const shapes = job.episodes ?? usualShapes;
  const runs: FewShotEpisodes[] = [];
  for (const { ways, shots } of shapes) {
    const left = picturesLeft(shots);
    if (!job.episodes && left.length < ways) continue;
    const queriesPerClass = job.queriesPerClass ?? Math.max(1, Math.min(mostQueries, ...left));
    const bar = terminal.progress(`${ways}-way ${shots}-shot episodes`);
    try {
      runs.push(
        await fewShotEpisodes({
          gallery: support,
          ...(isShared ? {} : { queries }),
          ways,
          shots,
          queriesPerClass,
          episodes,
          rule,
          distance,
          seed,
          signal: terminal.signal,
          onProgress: bar.onProgress,
        }),
      );
    } finally {
      bar.stop();
    }
  }
  return runs;

  /** For each class that can take part: the pictures that can be asked beside its support. */
  function picturesLeft(shots: number): number[] {
    const least = job.queriesPerClass ?? 1;
    return [...queryRows]
      .filter(([label]) => label !== '')
      .map(([label, rows]) => {
        if (isShared) return rows.length - shots;
        return (supportRows.get(label)?.length ?? 0) >= shots ? rows.length : 0;
      })
      .filter((count) => count >= least);
  }
}
