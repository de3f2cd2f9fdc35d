import { assertFinite, createRng, type JobOptions, NearkinError, selectRows, throwIfAborted } from '@nearkin/core';
import { assertCount } from '../numbers/check.js';
import type { LabelledVectors } from '../retrieval/evaluate-retrieval.js';
import { prepareVectors, type RetrievalDistance } from '../retrieval/retrieval-distance.js';
import { confidenceInterval } from '../significance/confidence-interval.js';
import { type FewShotRule, type FewShotTies, fewShotEpisode } from './few-shot-episode.js';

export interface FewShotEpisodesOptions extends JobOptions {
  /** Where the support comes from. */
  readonly gallery: LabelledVectors;
  /** Where the queries come from; default: the gallery, without the rows that are support in the same episode. */
  readonly queries?: LabelledVectors | undefined;
  /** Classes an episode. */
  readonly ways: number;
  /** Support vectors a class. */
  readonly shots: number;
  /** Default 15. */
  readonly queriesPerClass?: number | undefined;
  /** Default 600. */
  readonly episodes?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Default `max`. */
  readonly rule?: FewShotRule | undefined;
  /** Default `cosine`. */
  readonly distance?: RetrievalDistance | undefined;
  /** Default `index`. */
  readonly ties?: FewShotTies | undefined;
}

export interface FewShotEpisodes {
  readonly ways: number;
  readonly shots: number;
  readonly queriesPerClass: number;
  readonly episodes: number;
  readonly rule: FewShotRule;
  readonly seed: number;
  /** Classes with enough vectors to take part. */
  readonly classes: number;
  /** Mean accuracy over episodes. */
  readonly mean: number;
  /** 1.96 x population standard deviation / sqrt(episodes). */
  readonly halfWidth95: number;
  /** The same by Student's t and the sample standard deviation; null for one episode. */
  readonly studentHalfWidth95: number | null;
  /** Accuracy of each episode. */
  readonly accuracies: readonly number[];
}

/**
 * N-way K-shot accuracy over random episodes: draw classes, then support and queries of each, without repeats.
 * Classes with too few vectors never take part. The same seed draws the same episodes on every host.
 *
 * @throws {NearkinError} `TOO_FEW_CLASSES` when fewer classes than `ways` have enough vectors, `INVALID_ARGUMENT`,
 *   `DIMENSION_MISMATCH`, `NON_FINITE`, `ABORTED`
 * @source Vinyals et al., "Matching Networks for One Shot Learning", NeurIPS 2016, section 4; Chen et al., ICLR 2019,
 *   for 600 episodes, 15 queries and the interval
 * @example
 * const { mean, halfWidth95 } = await fewShotEpisodes({ gallery, ways: 5, shots: 1, seed: 1 });
 */
export async function fewShotEpisodes(options: FewShotEpisodesOptions): Promise<FewShotEpisodes> {
  const { gallery, ways, shots, signal, onProgress, distance = 'cosine', rule = 'max', ties = 'index' } = options;
  const { queriesPerClass = 15, episodes = 600, seed = 0 } = options;
  for (const [name, value] of Object.entries({ ways, shots, queriesPerClass, episodes })) assertCount(name, value);
  const source = options.queries ?? gallery;
  const shared = source === gallery;
  const supportRows = groupRows(gallery);
  const queryRows = shared ? supportRows : groupRows(source);
  const classes = [...supportRows.keys()].filter((label) => {
    const support = supportRows.get(label)!.length;
    const queries = queryRows.get(label)?.length ?? 0;
    return shared ? support >= shots + queriesPerClass : support >= shots && queries >= queriesPerClass;
  });
  if (classes.length < ways)
    throw new NearkinError(
      'TOO_FEW_CLASSES',
      `Expected at least ${ways} classes with ${shots} support and ${queriesPerClass} query vectors, got ${classes.length}; ask for fewer ways, shots or queries.`,
      { details: { ways, shots, queriesPerClass, classes: classes.length } },
    );
  // Unit length once, not in every episode.
  const supportVectors = prepareVectors(gallery.vectors, distance);
  const queryVectors = shared ? supportVectors : prepareVectors(source.vectors, distance);

  const rng = createRng(seed);
  const accuracies: number[] = [];
  let lastPause = 0;
  for (let episode = 0; episode < episodes; episode++) {
    throwIfAborted(signal);
    const support: number[] = [];
    const asked: number[] = [];
    for (const c of rng.sample(classes.length, ways)) {
      const from = supportRows.get(classes[c]!)!;
      if (shared) {
        const drawn = rng.sample(from.length, shots + queriesPerClass).map((i) => from[i]!);
        support.push(...drawn.slice(0, shots));
        asked.push(...drawn.slice(shots));
      } else {
        const queryFrom = queryRows.get(classes[c]!)!;
        support.push(...rng.sample(from.length, shots).map((i) => from[i]!));
        asked.push(...rng.sample(queryFrom.length, queriesPerClass).map((i) => queryFrom[i]!));
      }
    }
    const { accuracy } = fewShotEpisode({
      support: { vectors: selectRows(supportVectors, support), labels: support.map((row) => gallery.labels[row]!) },
      queries: { vectors: selectRows(queryVectors, asked), labels: asked.map((row) => source.labels[row]!) },
      rule,
      distance,
      ties,
    });
    accuracies.push(accuracy!);
    onProgress?.({ done: episode + 1, total: episodes, phase: 'episodes' });
    if (episode - lastPause >= 50) {
      lastPause = episode;
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  const { mean, halfWidth95, studentHalfWidth95 } = confidenceInterval(accuracies);
  return {
    ways,
    shots,
    queriesPerClass,
    episodes,
    rule,
    seed,
    classes: classes.length,
    mean: mean!,
    halfWidth95: halfWidth95!,
    studentHalfWidth95,
    accuracies,
  };
}

function groupRows(side: LabelledVectors): Map<string | number, number[]> {
  const { count } = side.vectors;
  if (side.labels.length !== count)
    throw new NearkinError('INVALID_ARGUMENT', `Expected ${count} labels, one a vector, got ${side.labels.length}.`, {
      details: { expected: count, received: side.labels.length },
    });
  assertFinite(side.vectors);
  const rows = new Map<string | number, number[]>();
  for (let row = 0; row < count; row++) {
    const label = side.labels[row]!;
    if (label === '') continue;
    const list = rows.get(label);
    if (list) list.push(row);
    else rows.set(label, [row]);
  }
  return rows;
}
