import { createGallery, createVectors, type Gallery, NearkinError } from '@nearkin/core';
import { dequantizeRow, type Int8Row, quantizeRow } from '../matching/int8-row.js';
import { unitRows } from '../matching/unit-rows.js';

/** One gallery row as it is kept: as it came until {@link LabelledRows.settle}, then unit length, float32 or int8. */
export interface StoredRow {
  readonly id: string;
  values: Float32Array | Int8Row;
  readonly metadata: unknown;
  /** Grows from row to row: the order of the gallery. */
  readonly order: number;
  owner: StoredClass;
  /** Place among the scores; -1 while it has none. */
  slot: number;
}

export interface StoredClass {
  label: string;
  /** In gallery order. Never empty. */
  readonly rows: Set<StoredRow>;
  /** Its prototype's slot; -1 when it must be computed (again). */
  slot: number;
}

/**
 * The rows of a classifier, grouped by class, editable at a cost of O(rows touched): sets and maps keep insertion
 * order, and maps (never plain objects) hold labels such as `__proto__`. Methods check everything before they change
 * anything.
 */
export class LabelledRows {
  readonly #dim: number;
  readonly #int8: boolean;
  readonly #byId = new Map<string, StoredRow>();
  readonly #byLabel = new Map<string, StoredClass>();
  /** Rows not yet scaled to length 1. */
  #raw: StoredRow[] = [];
  #nextOrder = 0;
  #classes: StoredClass[] | undefined;

  constructor(dim: number, int8: boolean) {
    this.#dim = dim;
    this.#int8 = int8;
  }

  get size(): number {
    return this.#byId.size;
  }

  get classCount(): number {
    return this.#byLabel.size;
  }

  /** In gallery order. */
  rows(): IterableIterator<StoredRow> {
    return this.#byId.values();
  }

  /** Brings new rows to the form that scoring needs; whoever reads `values` calls it first. */
  settle(): void {
    const raw = this.#raw;
    if (raw.length === 0) return;
    this.#raw = [];
    const data = new Float32Array(raw.length * this.#dim);
    raw.forEach((row, i) => {
      data.set(row.values as Float32Array, i * this.#dim);
    });
    const unit = unitRows(createVectors(data, this.#dim)).data;
    raw.forEach((row, i) => {
      const values = unit.subarray(i * this.#dim, (i + 1) * this.#dim);
      row.values = this.#int8 ? quantizeRow(values) : values;
    });
  }

  /** Classes in order of their first row. */
  classes(): readonly StoredClass[] {
    this.#classes ??= [...this.#byLabel.values()].sort((a, b) => firstRow(a).order - firstRow(b).order);
    return this.#classes;
  }

  has(label: string): boolean {
    return this.#byLabel.has(label);
  }

  hasId(id: string): boolean {
    return this.#byId.has(id);
  }

  row(id: string): StoredRow {
    const row = this.#byId.get(id);
    if (row) return row;
    throw new NearkinError('UNKNOWN_ID', `No row has the id ${JSON.stringify(id)}; see gallery.ids.`, {
      details: { id },
    });
  }

  class(label: string): StoredClass {
    const found = this.#byLabel.get(label);
    if (found) return found;
    throw new NearkinError('UNKNOWN_LABEL', `There is no class ${JSON.stringify(label)}; see labels, or add it.`, {
      details: { label },
    });
  }

  /**
   * Appends copies of rows; all or none. Costs the checks and the copy: scaling waits for the next question.
   *
   * @throws {NearkinError} `DUPLICATE_ID`, `NON_FINITE`, `INVALID_ARGUMENT`
   */
  append(gallery: Gallery): void {
    const { vectors, ids, labels, metadata } = createGallery(gallery);
    for (const id of ids) this.assertFreeId(id);
    const data = vectors.data.slice();
    ids.forEach((id, i) => {
      const label = labels[i]!;
      let owner = this.#byLabel.get(label);
      if (!owner) {
        owner = { label, rows: new Set(), slot: -1 };
        this.#byLabel.set(label, owner);
        // Its first row comes after all others, so it is the last class.
        this.#classes?.push(owner);
      }
      const row: StoredRow = {
        id,
        values: data.subarray(i * this.#dim, (i + 1) * this.#dim),
        metadata: metadata?.[i],
        order: this.#nextOrder++,
        owner,
        slot: -1,
      };
      owner.rows.add(row);
      owner.slot = -1;
      this.#byId.set(id, row);
      this.#raw.push(row);
    });
  }

  remove(row: StoredRow): void {
    // Else rows that come and go without a question in between would pile up among the raw ones.
    this.settle();
    const { owner } = row;
    // Without its first row a class may come later in the order of labels.
    if (firstRow(owner) === row) this.#classes = undefined;
    this.#byId.delete(row.id);
    owner.rows.delete(row);
    owner.slot = -1;
    if (owner.rows.size === 0) this.#byLabel.delete(owner.label);
  }

  removeClass(owner: StoredClass): void {
    this.settle();
    for (const row of owner.rows) this.#byId.delete(row.id);
    this.#byLabel.delete(owner.label);
    this.#classes = undefined;
  }

  rename(owner: StoredClass, label: string): void {
    this.#byLabel.delete(owner.label);
    owner.label = label;
    this.#byLabel.set(label, owner);
  }

  /** A copy as a gallery, unit rows. */
  toGallery(modelId: string | undefined): Gallery {
    this.settle();
    const data = new Float32Array(this.size * this.#dim);
    const rows = [...this.rows()];
    rows.forEach((row, i) => {
      data.set(floatsOf(row), i * this.#dim);
    });
    return createGallery({
      vectors: createVectors(data, this.#dim),
      ids: rows.map((row) => row.id),
      labels: rows.map((row) => row.owner.label),
      modelId,
      metadata: rows.some((row) => row.metadata !== undefined) ? rows.map((row) => row.metadata ?? null) : undefined,
    });
  }

  assertFreeId(id: string): void {
    if (this.#byId.has(id))
      throw new NearkinError(
        'DUPLICATE_ID',
        `The gallery has a row ${JSON.stringify(id)} already; every row needs an id of its own.`,
        { details: { id } },
      );
  }
}

export function floatsOf(row: StoredRow): Float32Array {
  return row.values instanceof Float32Array ? row.values : dequantizeRow(row.values);
}

function firstRow(owner: StoredClass): StoredRow {
  return owner.rows.values().next().value!;
}
