import type { Gallery } from '@nearkin/core';
import type { ExportableClassifier } from '../src/export/exportable-classifier.js';

/** Class scores by the definitions of the aggregations, in double precision, one row after another. */
export function referenceScores(
  embedding: ArrayLike<number>,
  { gallery, labels, settings }: ExportableClassifier,
): number[] {
  const unit = normalized(Array.from(embedding));
  const own = labels.map((label) => rowsOf(gallery, label));
  const cosines = own.map((rows) => rows.map((row) => dot(row, unit)));
  switch (settings.aggregation) {
    case 'max':
      return cosines.map((scores) => Math.max(...scores));
    case 'mean':
      return cosines.map(mean);
    case 'topM':
      return cosines.map((scores) => mean(scores.sort((a, b) => b - a).slice(0, settings.m)));
    case 'prototype':
      return own.map((rows) => dot(normalized(rows[0]!.map((_, i) => mean(rows.map((row) => row[i]!)))), unit));
    case 'softmax': {
      const votes = cosines.map((scores) => scores.reduce((sum, s) => sum + Math.exp(s / settings.temperature), 0));
      const all = votes.reduce((a, b) => a + b, 0);
      return votes.map((vote) => vote / all);
    }
  }
}

function rowsOf({ vectors, labels }: Gallery, label: string): number[][] {
  return labels.flatMap((own, row) =>
    own === label ? [[...vectors.data.subarray(row * vectors.dim, (row + 1) * vectors.dim)]] : [],
  );
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
const normalized = (row: readonly number[]) => {
  const length = Math.hypot(...row);
  return row.map((value) => (length === 0 ? 0 : value / length));
};
