import { assertFinite, assertSameModel, type Gallery, NearkinError } from '@nearkin/core';
import { appendRows, assignRows, prepareVectors } from '../build/encode-rows.js';
import { appendCopies, assignCopies, noPartition } from '../build/spill-rows.js';
import { type IndexState, rankPartitions } from '../state/index-state.js';

/** Adds rows to their nearest partitions. @throws {NearkinError} `DUPLICATE_ID`, `DIMENSION_MISMATCH`, `MODEL_MISMATCH`; nothing is added then */
export function addRows(state: IndexState, gallery: Gallery): void {
  checkGallery(state, gallery);
  const taken = gallery.ids.find((id) => state.rows.find(id) !== undefined);
  if (taken !== undefined)
    throw new NearkinError(
      'DUPLICATE_ID',
      `The id ${JSON.stringify(taken)} is in the index already; use upsert to replace it.`,
      {
        details: { id: taken },
      },
    );
  insert(state, gallery);
}

/** Adds rows; a row whose id is there already is replaced and counts as the newest. */
export function upsertRows(state: IndexState, gallery: Gallery): void {
  checkGallery(state, gallery);
  const old = gallery.ids.map((id) => state.rows.find(id)).filter((row) => row !== undefined);
  drop(state, old);
  insert(state, gallery);
}

/** @throws {NearkinError} `UNKNOWN_ID` naming the first that is not there; nothing is removed then */
export function removeRows(state: IndexState, ids: Iterable<string>): void {
  const rows = [...new Set(ids)].map((id) => {
    const row = state.rows.find(id);
    if (row === undefined)
      throw new NearkinError('UNKNOWN_ID', `There is no row with the id ${JSON.stringify(id)}.`, { details: { id } });
    return row;
  });
  drop(state, rows);
}

function insert(state: IndexState, gallery: Gallery): void {
  if (gallery.vectors.count === 0) return;
  const vectors = prepareVectors(state, gallery.vectors);
  const assigned = assignRows(state, vectors);
  const copies = assignCopies(state, vectors, { assigned });
  reserveRows(state, assigned, copies);
  const rows = state.rows.add(gallery);
  state.addedError.sum += appendRows(state, vectors, { rows, assigned });
  appendCopies(state, vectors, { rows, copies });
  state.addedError.rows += rows.length;
  rankPartitions(state);
}

/** Makes room before anything changes, so that a full memory leaves the index as it was. */
export function reserveRows(state: IndexState, assigned: Uint32Array, copies: Uint32Array = new Uint32Array(0)): void {
  const counts = new Uint32Array(state.header.partitions);
  for (const partition of assigned) counts[partition]!++;
  for (const partition of copies) if (partition !== noPartition) counts[partition]!++;
  counts.forEach((count, partition) => {
    if (count === 0) return;
    const wanted = state.store.count(partition) + count;
    // Room for growth is left only where there were rows before: a build fills partitions exactly.
    state.store.reserve(partition, wanted === count ? count : Math.ceil(wanted * 1.25));
  });
}

/** Takes rows out; the last row of a partition moves into the gap. */
function drop(state: IndexState, rows: readonly number[]): void {
  for (const row of rows) {
    takeOut(state, row);
    state.rows.remove(row);
  }
  rankPartitions(state);
}

/** Takes a row and its copy out of their partitions; what is known of it besides stays. */
export function takeOut({ store, kernels, rows }: IndexState, row: number): void {
  const ids = store.column('row.ids')!;
  const copy = rows.copy(row);
  const places = [{ partition: rows.partition(row), slot: rows.slot(row) }, ...(copy ? [copy] : [])];
  for (const { partition, slot } of places) {
    if (!store.removeAt(partition, slot)) continue;
    const moved = kernels.memory.u32(store.offset(partition, ids) + 4 * slot, 1)[0]!;
    rows.move(moved, partition, slot);
  }
}

/** Closes gaps in row numbers and gives spare room back. */
export function compactRows(state: IndexState): void {
  const { store, kernels, header } = state;
  if (state.rows.end !== state.rows.size) {
    const next = state.rows.renumber();
    const ids = store.column('row.ids')!;
    for (let p = 0; p < header.partitions; p++) {
      const list = kernels.memory.u32(store.offset(p, ids), store.count(p));
      for (let i = 0; i < list.length; i++) list[i] = next[list[i]!]!;
    }
  }
  store.trim();
}

function checkGallery({ header }: IndexState, gallery: Gallery): void {
  assertSameModel({ vectors: { dim: header.dim }, modelId: header.modelId }, gallery);
  assertFinite(gallery.vectors);
  const unique = new Set(gallery.ids);
  if (unique.size !== gallery.ids.length)
    throw new NearkinError('DUPLICATE_ID', 'An id stands twice among the new rows; every row needs an id of its own.');
}
