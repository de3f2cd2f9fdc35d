import { createVectors, l2Normalize, NearkinError, rowsByLabel, vectorAt } from '@nearkin/core';
import type { ExportableClassifier } from './exportable-classifier.js';

/** Classes that have equally many rows in the weights. */
export interface Bucket {
  readonly classes: number;
  readonly slots: number;
}

/** Rows of the match, sorted into buckets, and how class scores come out of them. */
export interface ClassLayout {
  /** Unit rows, prototypes or means, in the order of the buckets. */
  readonly rows: readonly Float32Array[];
  readonly buckets: readonly Bucket[];
  /** Rows that fill up a class and must not count; undefined: those that do count twice without harm. */
  readonly padding: readonly boolean[] | undefined;
  /** Place of class c among the buckets' classes; undefined: in order already. */
  readonly order: Int32Array | undefined;
}

/**
 * Lays the gallery's rows out so that a class's score needs no gather: classes of one bucket have equally many slots.
 *
 * Where a class's score is linear in its rows (`mean`, `prototype`, `topM` of a class with at most m rows), one row per
 * class does: the mean of cosines is the product with the mean of the rows.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when labels and rows disagree
 */
export function layOutClasses({ gallery, labels, settings }: ExportableClassifier): ClassLayout {
  const { vectors } = gallery;
  const { aggregation, m } = settings;
  const byLabel = rowsByLabel(gallery.labels);
  const classes = labels.map((label) => {
    const own = byLabel.get(label);
    if (!own)
      throw new NearkinError('INVALID_ARGUMENT', `The class ${JSON.stringify(label)} has no row in the gallery.`, {
        details: { label },
      });
    const rows = own.map((row) => unitRow(vectorAt(vectors, row)));
    if (aggregation === 'prototype') return [unit(meanOf(rows), rows.length)];
    if (aggregation === 'mean' || (aggregation === 'topM' && rows.length <= m))
      return [Float32Array.from(meanOf(rows))];
    return rows;
  });
  const sizes = bucketSizes(classes.map((rows) => rows.length));
  const ordered = sizes.flatMap(({ slots, members }) => members.map((c) => ({ c, slots })));
  const counts = aggregation === 'topM' || aggregation === 'softmax';
  const rows: Float32Array[] = [];
  const padding: boolean[] = [];
  for (const { c, slots } of ordered) {
    const own = classes[c]!;
    for (let i = 0; i < slots; i++) {
      rows.push(own[i] ?? own[0]!);
      padding.push(i >= own.length);
    }
  }
  const order = new Int32Array(labels.length);
  ordered.forEach(({ c }, position) => {
    order[c] = position;
  });
  return {
    rows,
    buckets: sizes.map(({ slots, members }) => ({ classes: members.length, slots })),
    padding: counts && padding.includes(true) ? padding : undefined,
    order: order.some((position, c) => position !== c) ? order : undefined,
  };
}

/**
 * One bucket where that costs at most a quarter more rows, else classes by powers of two. Classes of one row, which need
 * no aggregation, never stand among others.
 */
function bucketSizes(sizes: readonly number[]): { slots: number; members: number[] }[] {
  const mixed = sizes.includes(1) && sizes.some((size) => size > 1);
  const largest = sizes.reduce((a, b) => Math.max(a, b), 1);
  const total = sizes.reduce((a, b) => a + b, 0);
  if (!mixed && largest * sizes.length <= 1.25 * total) return [{ slots: largest, members: sizes.map((_, c) => c) }];
  const bySlots = new Map<number, number[]>();
  sizes.forEach((size, c) => {
    let slots = 1;
    while (slots < size) slots *= 2;
    const members = bySlots.get(slots);
    if (members) members.push(c);
    else bySlots.set(slots, [c]);
  });
  return [...bySlots]
    .sort(([a], [b]) => a - b)
    .map(([, members]) => ({ slots: Math.max(...members.map((c) => sizes[c]!)), members }));
}

/** Rounding a unit row to float32 moves its squared length by less than this. */
const roundingSlack = 2.5e-7;

/** A row of length 1 keeps its bits; a row of zeros stays. */
function unitRow(row: Float32Array): Float32Array {
  let squares = 0;
  for (let i = 0; i < row.length; i++) squares += row[i]! * row[i]!;
  if (Math.abs(squares - 1) < roundingSlack) return row;
  return l2Normalize(createVectors(row, row.length)).data;
}

function meanOf(rows: readonly Float32Array[]): Float64Array {
  const total = new Float64Array(rows[0]!.length);
  for (const row of rows) for (let i = 0; i < row.length; i++) total[i]! += row[i]! / rows.length;
  return total;
}

/** Scaled to length 1; zero when the rows cancel out and only rounding noise is left. */
function unit(mean: Float64Array, rows: number): Float32Array {
  let squares = 0;
  for (const value of mean) squares += value * value;
  if (squares * rows * rows < (1e-6 * rows) ** 2) return new Float32Array(mean.length);
  const scale = 1 / Math.sqrt(squares);
  return Float32Array.from(mean, (value) => value * scale);
}
