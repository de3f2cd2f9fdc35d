import { type Gallery, type JobOptions, NearkinError, selectRows, throwIfAborted } from '@nearkin/core';
import { assertCount } from '../numbers/check.js';
import { createExactScan } from '../retrieval/exact-scan.js';
import { type Proportion, proportion } from './wilson-interval.js';

/** A gallery row that may carry the wrong label, or that draws other rows to a wrong one. */
export interface MislabelSuspect {
  readonly id: string;
  readonly label: string;
  /** The nearest other row, and its class. */
  readonly nearestId: string;
  readonly nearestLabel: string;
  readonly nearestScore: number;
  /** The nearest other row of the own class. */
  readonly ownId: string;
  readonly ownScore: number;
  /** How much nearer the nearest row is than the nearest of the own class: 0 when that is the same row. */
  readonly margin: number;
  /** Of the nearest rows, how many have the label `nearestLabel`. */
  readonly votes: number;
  /** Rows that would be answered rightly without this row, less those that would be answered wrongly. */
  readonly removalGain: number;
}

export interface MislabelReport {
  /** Leave-one-out: share of rows whose nearest other row is of their class; rows alone in their class are not asked. */
  readonly leaveOneOut: Proportion;
  /** Rows alone in their class. */
  readonly alone: number;
  /** The nearest rows that vote. */
  readonly neighbors: number;
  /** Those to look at first come first: greatest removal gain, then most votes for another class, then margin. */
  readonly suspects: readonly MislabelSuspect[];
}

export interface LikelyMislabelsOptions extends JobOptions {
  /** Nearest rows that vote; default 5. */
  readonly neighbors?: number | undefined;
}

const chunkRows = 256;

/**
 * Which picture should I remove? Asks every row of a gallery against all others (cosine, no training) and lists the
 * rows whose nearest other row is of another class, and those without which more of the others would be answered
 * rightly. A hard but right example looks the same as a wrong label: look before you remove.
 *
 * Rows of equal score: the smaller row is nearer. The only row of a class is never a suspect: removing it removes the
 * class. Cost: n^2 comparisons.
 *
 * @returns empty `suspects` when every row is nearest to its own class and none misleads
 * @throws {NearkinError} `EMPTY_GALLERY` for fewer than two rows, `TOO_FEW_CLASSES`, `INVALID_ARGUMENT`, `ABORTED`
 * @example
 * const { suspects } = await likelyMislabels(gallery);
 * suspects[0]; // { id: 'pear/7.jpg', label: 'pear', nearestLabel: 'apple', votes: 5, removalGain: 2, … }
 */
export async function likelyMislabels(gallery: Gallery, options: LikelyMislabelsOptions = {}): Promise<MislabelReport> {
  const { neighbors = 5, signal, onProgress } = options;
  const { labels, ids, vectors } = gallery;
  assertCount('neighbors', neighbors);
  if (vectors.count < 2)
    throw new NearkinError('EMPTY_GALLERY', `Expected at least two rows to compare, got ${vectors.count}.`);
  const sizes = new Map<string, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  if (sizes.size < 2)
    throw new NearkinError(
      'TOO_FEW_CLASSES',
      'Expected rows of at least two classes, got one; nothing can be confused.',
    );

  const depth = Math.min(Math.max(neighbors, 2), vectors.count - 1);
  const scan = createExactScan(vectors, 'cosine');
  const near: { row: number; score: number }[][] = [];
  try {
    for (let start = 0; start < vectors.count; start += chunkRows) {
      throwIfAborted(signal);
      const rows = Array.from({ length: Math.min(chunkRows, vectors.count - start) }, (_, i) => start + i);
      const found = await scan.search(selectRows(vectors, rows), { k: depth + 1, signal });
      rows.forEach((self, i) => {
        const list = Array.from({ length: depth + 1 }, (_, r) => ({
          row: found.indices[i * found.k + r]!,
          score: found.scores[i * found.k + r]!,
        }));
        // Self is left out by its row: among duplicates it need not stand first, or stand there at all.
        near.push(list.filter((entry) => entry.row !== self && entry.row >= 0).slice(0, depth));
      });
      onProgress?.({ done: near.length, total: vectors.count, phase: 'compare' });
    }
  } finally {
    scan.dispose();
  }

  const asked = labels.map((label) => sizes.get(label)! > 1);
  const gains = removalGains(labels, { near, asked });
  const isRight = (row: number) => labels[near[row]![0]!.row] === labels[row];
  const rows = labels.map((_, row) => row).filter((row) => asked[row]);
  const suspects: MislabelSuspect[] = [];
  for (const row of rows) {
    if (isRight(row) && gains[row]! <= 0) continue;
    throwIfAborted(signal);
    const nearest = near[row]![0]!;
    const own = near[row]!.find((entry) => labels[entry.row] === labels[row]) ?? (await nearestOwn(gallery, row));
    const nearestLabel = labels[nearest.row]!;
    suspects.push(
      Object.freeze({
        id: ids[row]!,
        label: labels[row]!,
        nearestId: ids[nearest.row]!,
        nearestLabel,
        nearestScore: nearest.score,
        ownId: ids[own.row]!,
        ownScore: own.score,
        margin: nearest.score - own.score,
        votes: near[row]!.slice(0, neighbors).filter((entry) => labels[entry.row] === nearestLabel).length,
        removalGain: gains[row]!,
      }),
    );
  }
  const against = (suspect: MislabelSuspect) => (suspect.nearestLabel === suspect.label ? 0 : suspect.votes);
  suspects.sort((a, b) => b.removalGain - a.removalGain || against(b) - against(a) || b.margin - a.margin);
  return Object.freeze({
    leaveOneOut: proportion(rows.filter(isRight).length, rows.length),
    alone: vectors.count - rows.length,
    neighbors: Math.min(neighbors, depth),
    suspects,
  });
}

/** Without row x, the rows that had it nearest are answered by their second nearest. */
function removalGains(
  labels: readonly string[],
  options: { near: readonly (readonly { row: number }[])[]; asked: readonly boolean[] },
): Int32Array {
  const gains = new Int32Array(labels.length);
  options.near.forEach(([first, second], row) => {
    if (!options.asked[row] || !first || !second) return;
    const right = (entry: { row: number }) => (labels[entry.row] === labels[row] ? 1 : 0);
    gains[first.row]! += right(second) - right(first);
  });
  return gains;
}

/** The nearest row of the same class, where none is among the nearest of all. */
async function nearestOwn(gallery: Gallery, row: number): Promise<{ row: number; score: number }> {
  const rows = gallery.labels.flatMap((label, other) =>
    label === gallery.labels[row] && other !== row ? [other] : [],
  );
  const scan = createExactScan(selectRows(gallery.vectors, rows), 'cosine');
  try {
    const found = await scan.search(selectRows(gallery.vectors, [row]), { k: 1 });
    return { row: rows[found.indices[0]!]!, score: found.scores[0]! };
  } finally {
    scan.dispose();
  }
}
