import { createVectors, l2Normalize, type Vectors, vectorAt } from '@nearkin/core';
import { calibrateThreshold } from '@nearkin/evaluation';
import type { Rows } from './teach.worker.js';

/** A score below which an answer is better called unknown, and how it was found. */
export interface UnknownThreshold {
  readonly threshold: number;
  /** `f1`: from pictures with company in their album; `far`: no album has two, only what is foreign could be tried. */
  readonly objective: 'f1' | 'far';
  /** Pictures that were asked. */
  readonly pictures: number;
}

/** Of pictures of something else, one in four may pass where nothing is known of how alike pictures of one album are. */
const farTarget = 0.25;
/** Multiplications that a live camera does not notice. */
const most = 5e7;

/**
 * Finds the score below which an answer should be “unknown”, from the albums alone. Every picture asks the others twice:
 * with its own album there, so that the answer may be right, and with its album left out, so that it must be wrong.
 *
 * The threshold lies halfway between the lowest score that passes and the highest that does not: pictures taken one
 * after another are more alike than the next one will be.
 *
 * @returns undefined for fewer than two albums
 */
export function calibrateUnknown({ data, dim, labels }: Rows): UnknownThreshold | undefined {
  if (new Set(labels).size < 2) return undefined;
  const vectors = l2Normalize(createVectors(data, dim));
  const step = Math.max(1, Math.ceil((labels.length * labels.length * dim) / most));
  const scores: number[] = [];
  const isMatch: boolean[] = [];
  let pictures = 0;
  for (let row = 0; row < labels.length; row += step) {
    pictures++;
    const { own, other } = nearest(vectors, labels, row);
    scores.push(other);
    isMatch.push(false);
    if (own === -Infinity) continue;
    scores.push(Math.max(own, other));
    isMatch.push(own >= other);
  }
  const objective = isMatch.includes(true) ? 'f1' : 'far';
  const found = calibrateThreshold({ scores, isMatch, objective, target: objective === 'far' ? farTarget : undefined });
  const lowest = found.threshold ?? Infinity;
  const below = scores.reduce((best, score) => (score < lowest ? Math.max(best, score) : best), -Infinity);
  const threshold = lowest === Infinity ? below + 1e-5 : below === -Infinity ? lowest : (lowest + below) / 2;
  return { threshold: Math.min(1, Math.max(0, threshold)), objective, pictures };
}

/** Cosines with the nearest other row of the same label and of another one; minus infinity where there is none. */
function nearest(vectors: Vectors, labels: readonly string[], row: number): { own: number; other: number } {
  const { data, dim } = vectors;
  const query = vectorAt(vectors, row);
  let own = -Infinity;
  let other = -Infinity;
  for (let i = 0; i < labels.length; i++) {
    if (i === row) continue;
    let cosine = 0;
    for (let j = 0, at = i * dim; j < dim; j++, at++) cosine += query[j]! * data[at]!;
    if (labels[i] === labels[row]) own = Math.max(own, cosine);
    else other = Math.max(other, cosine);
  }
  return { own, other };
}
