import { createVectors, NearkinError, type Vectors } from '@nearkin/core';
import type { LabelledVectors } from '../retrieval/evaluate-retrieval.js';
import {
  assertDistance,
  prepareVectors,
  type RetrievalDistance,
  similarityOf,
} from '../retrieval/retrieval-distance.js';

/** How a query gets its class: that of the nearest support vector, or of the nearest mean of a class. */
export type FewShotRule = 'max' | 'prototype';

/** What a query scores where several classes are equally near: see `fewShotEpisode`. */
export type FewShotTies = 'index' | 'optimistic' | 'pessimistic' | 'expected';

export interface FewShotEpisodeOptions {
  /** Labelled vectors of every class of the episode. */
  readonly support: LabelledVectors;
  readonly queries: LabelledVectors;
  /** Default `max`. */
  readonly rule?: FewShotRule | undefined;
  /** Default `cosine`. */
  readonly distance?: RetrievalDistance | undefined;
  /** Default `index`: the class that comes first in the support. */
  readonly ties?: FewShotTies | undefined;
}

export interface FewShotEpisode {
  /** Share of queries that got their own class; null for no queries. */
  readonly accuracy: number | null;
  /** The class given to each query, the first of several that are equally near. */
  readonly predictions: readonly string[];
}

/**
 * Classifies queries by a small support set and counts how often that is right.
 *
 * `max` compares with every support vector (1-nearest neighbour), `prototype` with the mean of each class; under
 * `cosine` every vector has unit length before the mean is taken. Ties between classes go to the first one (`index`),
 * count as right or wrong, or as 1 / number of tied classes where the right one is among them (`expected`).
 *
 * @throws {NearkinError} `EMPTY_GALLERY` for no support, `UNKNOWN_LABEL` for a query of a class without support,
 *   `INVALID_ARGUMENT`, `DIMENSION_MISMATCH`
 * @source Snell, Swersky and Zemel, "Prototypical Networks for Few-shot Learning", NeurIPS 2017, section 2.2
 */
export function fewShotEpisode(options: FewShotEpisodeOptions): FewShotEpisode {
  const { support, queries, rule = 'max', distance = 'cosine', ties = 'index' } = options;
  assertDistance(distance);
  assertRule(rule, ties);
  checkEpisode(support, queries);
  const classes = [...new Set(Array.from(support.labels))];
  const classOf = new Map(classes.map((label, c) => [label, c]));
  const prepared = prepareVectors(support.vectors, distance);
  const rowClasses = Array.from(support.labels, (label) => classOf.get(label)!);
  const references = rule === 'max' ? prepared : classMeans(prepared, rowClasses, classes.length);
  const referenceClasses = rule === 'max' ? rowClasses : classes.map((_, c) => c);
  const asked = prepareVectors(queries.vectors, distance);
  const ranked = rule === 'max' ? references : prepareVectors(references, distance);
  const similarity = similarityOf(distance);

  let right = 0;
  const predictions: string[] = [];
  for (let q = 0; q < asked.count; q++) {
    const own = classOf.get(queries.labels[q]!);
    if (own === undefined)
      throw new NearkinError('UNKNOWN_LABEL', `Query ${q} is of ${queries.labels[q]}, a class without support.`, {
        details: { label: queries.labels[q] },
      });
    const best = new Float64Array(classes.length).fill(Number.NEGATIVE_INFINITY);
    for (let row = 0; row < ranked.count; row++) {
      const c = referenceClasses[row]!;
      best[c] = Math.max(best[c]!, similarity(asked, q, ranked, row));
    }
    const top = best.reduce((a, b) => Math.max(a, b));
    const first = best.indexOf(top);
    predictions.push(String(classes[first]));
    if (best[own] !== top) continue;
    const tied = best.filter((score) => score === top).length;
    if (ties === 'index') right += first === own ? 1 : 0;
    else if (ties === 'optimistic') right++;
    else if (ties === 'pessimistic') right += tied === 1 ? 1 : 0;
    else right += 1 / tied;
  }
  return { accuracy: asked.count === 0 ? null : right / asked.count, predictions };
}

function classMeans(vectors: Vectors, rowClasses: readonly number[], classCount: number): Vectors {
  const { data, dim, count } = vectors;
  const sums = new Float64Array(classCount * dim);
  const sizes = new Float64Array(classCount);
  for (let row = 0; row < count; row++) {
    const c = rowClasses[row]!;
    sizes[c]!++;
    for (let i = 0; i < dim; i++) sums[c * dim + i]! += data[row * dim + i]!;
  }
  return createVectors(
    Float32Array.from(sums, (sum, i) => sum / sizes[Math.floor(i / dim)]!),
    dim,
  );
}

/** @throws {NearkinError} `INVALID_ARGUMENT` for an unknown rule or tie policy */
function assertRule(rule: FewShotRule, ties: FewShotTies): void {
  if (rule !== 'max' && rule !== 'prototype')
    throw new NearkinError('INVALID_ARGUMENT', `Expected the rule max or prototype, got ${rule}.`, {
      details: { rule },
    });
  if (!['index', 'optimistic', 'pessimistic', 'expected'].includes(ties))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected ties to be index, optimistic, pessimistic or expected, got ${ties}.`,
      { details: { ties } },
    );
}

function checkEpisode(support: LabelledVectors, queries: LabelledVectors): void {
  if (support.vectors.count === 0)
    throw new NearkinError('EMPTY_GALLERY', 'Expected at least one support vector, got none.');
  for (const [name, side] of Object.entries({ support, queries }))
    if (side.labels.length !== side.vectors.count)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected ${side.vectors.count} labels of the ${name}, got ${side.labels.length}.`,
        { details: { name, expected: side.vectors.count, received: side.labels.length } },
      );
  if (queries.vectors.count > 0 && queries.vectors.dim !== support.vectors.dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected queries of ${support.vectors.dim} numbers, got ${queries.vectors.dim}; were they made by one embedder?`,
      { details: { expected: support.vectors.dim, received: queries.vectors.dim } },
    );
}
