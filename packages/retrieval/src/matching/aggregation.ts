import { NearkinError } from '@nearkin/core';
import { assertPositiveInteger } from './positive-integer.js';

/**
 * How the scores of a class's rows become the score of the class. `s` are the cosines of the class's own rows.
 *
 * - `max`: the largest `s`; one good picture is enough.
 * - `mean`: the mean of all `s`.
 * - `topM`: the mean of the `m` largest `s`; a class with fewer rows uses what it has.
 * - `softmax`: every row of the whole gallery votes for its class with the weight `exp(s / temperature)`; a class's score
 *   is its share of all votes, so the scores of all classes add up to 1 and a class with more rows has more votes.
 * - `prototype`: the cosine with the class's mean unit row, scaled back to length 1.
 *
 * @source `softmax`: Vinyals et al. 2016, "Matching Networks for One Shot Learning", equation 1 with a temperature;
 *   `prototype`: Snell et al. 2017, "Prototypical Networks for Few-shot Learning", equation 1, on the unit sphere
 */
export type Aggregation = 'max' | 'mean' | 'topM' | 'softmax' | 'prototype';

/** An aggregation with its numbers; those that it does not use are kept but have no effect. */
export interface AggregationSettings {
  readonly aggregation: Aggregation;
  /** Rows that `topM` averages. */
  readonly m: number;
  /** Temperature of `softmax`; the smaller, the nearer to `max`. */
  readonly temperature: number;
}

const aggregations: readonly Aggregation[] = ['max', 'mean', 'topM', 'softmax', 'prototype'];

/**
 * Fills in defaults: `max`, m 3, temperature 0.07 (the value of Wu et al. 2018 for weighted neighbours).
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`
 */
export function checkAggregation(options: {
  readonly aggregation?: Aggregation | undefined;
  readonly m?: number | undefined;
  readonly temperature?: number | undefined;
}): AggregationSettings {
  const { aggregation = 'max', m = 3, temperature = 0.07 } = options;
  if (!aggregations.includes(aggregation))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected an aggregation out of ${aggregations.join(', ')}, got ${JSON.stringify(aggregation)}.`,
      { details: { aggregation } },
    );
  assertPositiveInteger('m', m);
  if (!Number.isFinite(temperature) || temperature <= 0)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a temperature above 0, got ${temperature}.`, {
      details: { temperature },
    });
  return Object.freeze({ aggregation, m, temperature });
}
