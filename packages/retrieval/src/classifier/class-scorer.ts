import { type Gallery, NearkinError } from '@nearkin/core';
import { aggregateScores } from '../matching/aggregate-scores.js';
import type { AggregationSettings } from '../matching/aggregation.js';
import { quantizeRow } from '../matching/int8-row.js';
import { backendReady, ScoreMatrix } from '../matching/score-matrix.js';
import { topIndices } from '../matching/top-indices.js';
import { prototypeOf } from '../matching/unit-rows.js';
import { floatsOf, LabelledRows, type StoredClass, type StoredRow } from './labelled-rows.js';

/** What one query gives: class scores in the order of `labels`, and who is nearest inside a class. */
export interface ScoredQuery {
  readonly labels: readonly string[];
  readonly scores: Float32Array;
  /** The row of class `c` nearest to the query; ties go to the earlier row. */
  nearest(c: number): string;
}

/** Scores a batch at a time when all at once would take more numbers than this. */
const maxScores = 1 << 23;

/** What the rows were when scoring began; an edit while the device computes cannot disturb it. */
interface Snapshot {
  readonly labels: readonly string[];
  readonly starts: Int32Array;
  readonly members: Int32Array;
  readonly oneEach: boolean;
  readonly rows: readonly StoredRow[];
  /** Where class c's rows begin in `rows`. */
  readonly rowStarts: Int32Array;
}

/** Rows, their scores on the device and the aggregation, kept in step. Edits cost O(rows touched). */
export class ClassScorer {
  readonly rows: LabelledRows;
  readonly #dim: number;
  readonly #int8: boolean;
  readonly #settings: AggregationSettings;
  #matrix: ScoreMatrix;
  #snapshot: Snapshot | undefined;
  #disposed = false;

  constructor(dim: number, options: { readonly settings: AggregationSettings; readonly int8: boolean }) {
    this.#dim = dim;
    this.#int8 = options.int8;
    this.#settings = options.settings;
    this.rows = new LabelledRows(dim, options.int8);
    this.#matrix = new ScoreMatrix(dim);
  }

  get #byClass(): boolean {
    return this.#settings.aggregation === 'prototype';
  }

  add(gallery: Gallery): void {
    this.rows.append(gallery);
    this.#snapshot = undefined;
  }

  removeRow(row: StoredRow): void {
    this.rows.remove(row);
    this.#snapshot = undefined;
  }

  removeClass(owner: StoredClass): void {
    this.rows.removeClass(owner);
    this.#snapshot = undefined;
  }

  rename(owner: StoredClass, label: string): void {
    this.rows.rename(owner, label);
    this.#snapshot = undefined;
  }

  /** @param queries `[count, dim]`, unit length */
  async score(queries: Float32Array, count: number): Promise<ScoredQuery[]> {
    await backendReady();
    const out: ScoredQuery[] = [];
    const step = Math.max(1, Math.floor(maxScores / Math.max(1, this.#matrix.slots, this.rows.size)));
    for (let from = 0; from < count; from += step) {
      const to = Math.min(count, from + step);
      this.#assertAlive();
      const snapshot = this.#current();
      const slots = this.#matrix.slots;
      const part = queries.subarray(from * this.#dim, to * this.#dim);
      const scores = await this.#matrix.score(part, to - from);
      for (let i = 0; i < to - from; i++) {
        const query = part.subarray(i * this.#dim, (i + 1) * this.#dim);
        out.push(this.#aggregate(snapshot, scores.subarray(i * slots, (i + 1) * slots), query));
      }
    }
    return out;
  }

  /** The `k` rows nearest to one unit query, nearest first; ties by class, then row. */
  async nearest(
    query: Float32Array,
    k: number,
  ): Promise<{ neighbours: { label: string; score: number }[]; labels: readonly string[] }> {
    await backendReady();
    this.#assertAlive();
    const { members, rows, labels, rowStarts } = this.#current();
    const scores = await this.#matrix.score(query, 1);
    const ofRow = Float32Array.from(members, (slot) => scores[slot]!);
    const classOf = (row: number) => rowStarts.findLastIndex((start) => start <= row);
    return {
      neighbours: topIndices(ofRow, Math.min(k, rows.length)).map((row) => ({
        label: labels[classOf(row)]!,
        score: ofRow[row]!,
      })),
      labels,
    };
  }

  dispose(): void {
    this.#disposed = true;
    this.#matrix.dispose();
    this.#snapshot = undefined;
  }

  #assertAlive(): void {
    if (this.#disposed) throw new NearkinError('DISPOSED', 'The classifier was disposed while it computed.');
  }

  #aggregate(snapshot: Snapshot, scores: Float32Array, query: Float32Array): ScoredQuery {
    const scoreOf = this.#byClass
      ? (row: StoredRow) => dot(floatsOf(row), query)
      : (_row: StoredRow, i: number) => scores[snapshot.members[i]!]!;
    return {
      labels: snapshot.labels,
      scores: aggregateScores(scores, snapshot, this.#settings),
      nearest(c) {
        let best = Number.NEGATIVE_INFINITY;
        let id = '';
        for (let i = snapshot.rowStarts[c]!; i < snapshot.rowStarts[c + 1]!; i++) {
          const score = scoreOf(snapshot.rows[i]!, i);
          if (score <= best) continue;
          best = score;
          id = snapshot.rows[i]!.id;
        }
        return id;
      },
    };
  }

  #current(): Snapshot {
    if (this.#snapshot) return this.#snapshot;
    this.rows.settle();
    this.#compact();
    const classes = this.rows.classes();
    const rowStarts = new Int32Array(classes.length + 1);
    const rows: StoredRow[] = [];
    classes.forEach((owner, c) => {
      for (const row of owner.rows) rows.push(row);
      rowStarts[c + 1] = rows.length;
    });
    const byClass = this.#byClass;
    if (byClass) for (const owner of classes) this.#placePrototype(owner);
    else for (const row of this.rows.rows()) if (row.slot < 0) row.slot = this.#matrix.append(row.values);
    const slots = (byClass ? classes : rows).map(({ slot }) => slot);
    this.#snapshot = {
      labels: classes.map((owner) => owner.label),
      rows,
      rowStarts,
      starts: byClass ? Int32Array.from({ length: classes.length + 1 }, (_, c) => c) : rowStarts,
      members: Int32Array.from(slots),
      oneEach:
        slots.length === classes.length && slots.length === this.#matrix.slots && slots.every((slot, c) => slot === c),
    };
    return this.#snapshot;
  }

  #placePrototype(owner: StoredClass): void {
    if (owner.slot >= 0) return;
    const mean = prototypeOf(Array.from(owner.rows, floatsOf), this.#dim);
    owner.slot = this.#matrix.append(this.#int8 ? quantizeRow(mean) : mean);
  }

  /** Starts the matrix afresh when it is empty or more than half of it is given up. */
  #compact(): void {
    const wanted = this.#byClass ? this.rows.classCount : this.rows.size;
    if (this.#matrix.slots > 0 && this.#matrix.slots <= 2 * wanted + 1024) return;
    this.#matrix.dispose();
    if (this.#byClass) {
      for (const owner of this.rows.classes()) owner.slot = -1;
      this.#matrix = new ScoreMatrix(this.#dim);
      return;
    }
    const rows = [...this.rows.rows()];
    rows.forEach((row, slot) => {
      row.slot = slot;
    });
    this.#matrix = new ScoreMatrix(
      this.#dim,
      rows.map((row) => row.values),
    );
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}
