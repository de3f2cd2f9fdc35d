import { createVectors, NearkinError } from '@nearkin/core';
import { appendRows, assignRows } from '../build/encode-rows.js';
import { placeRows } from '../build/place-rows.js';
import { appendCopies, assignCopies } from '../build/spill-rows.js';
import { trainPartitions } from '../build/train-partitions.js';
import { readRow } from '../search/read-row.js';
import { describeIndex, type IndexState, rankPartitions, setCentroids } from '../state/index-state.js';
import { reserveRows, takeOut } from './edit-rows.js';

/** Partitions beyond so many times the mean are split. */
const tooLarge = 3;
/** Partitions below this share of the mean are dissolved. */
const tooSmall = 0.1;

/** @returns partitions split or dissolved */
export function rebalancePartitions(state: IndexState): number {
  const { header, store, rows } = state;
  if (header.kind !== 'partitioned' || rows.size === 0) return 0;
  if (header.reorder === 'none' && header.codes !== 'int8')
    throw new NearkinError(
      'UNSUPPORTED',
      'Expected an index with rows for reordering, got codes only; build it again instead.',
    );
  const partitions = Array.from({ length: header.partitions }, (_, p) => p);
  const mean = partitions.reduce((sum, p) => sum + store.count(p), 0) / header.partitions;
  const split = partitions.filter((p) => store.count(p) > tooLarge * mean && store.count(p) > 64);
  const dissolved = partitions.filter((p) => store.count(p) < tooSmall * mean);
  if (split.length + dissolved.length === 0) return 0;
  const kept = partitions.filter((p) => !split.includes(p) && !dissolved.includes(p));

  const { stride, kernels } = state;
  const old = kernels.memory.f32(state.centroids, header.partitions * stride).slice();
  const centroids: Float32Array[] = kept.map((p) => old.slice(p * stride, (p + 1) * stride));
  const moving: number[] = [];
  const vectors = new Map<number, Float32Array>();
  for (const p of [...split, ...dissolved]) {
    const members = rowsOf(state, p);
    for (const row of members) {
      if (vectors.has(row)) continue;
      vectors.set(row, readRow(state, row));
      moving.push(row);
    }
    if (!split.includes(p)) continue;
    const parts = Math.max(2, Math.round(members.length / mean));
    const data = new Float32Array(members.length * header.dim);
    members.forEach((row, i) => {
      data.set(vectors.get(row)!, i * header.dim);
    });
    const trained = trainPartitions(kernels, createVectors(data, header.dim), {
      partitions: parts,
      seed: header.seed,
      spherical: false,
    });
    for (let i = 0; i < parts; i++) centroids.push(trained.slice(i * stride, (i + 1) * stride));
  }
  if (centroids.length === 0) return 0;
  for (const row of moving) takeOut(state, row);
  replacePartitions(state, { kept, centroids });
  moving.sort((a, b) => a - b);
  const data = new Float32Array(moving.length * header.dim);
  moving.forEach((row, i) => {
    data.set(vectors.get(row)!, i * header.dim);
  });
  const list = createVectors(data, header.dim);
  const assigned = assignRows(state, list);
  const copies = assignCopies(state, list, { assigned });
  reserveRows(state, assigned, copies);
  appendRows(state, list, { rows: moving, assigned });
  appendCopies(state, list, { rows: moving, copies });
  rankPartitions(state);
  return split.length + dissolved.length;
}

/** Kept partitions move to the front with their rows as they are; new ones follow, empty. */
function replacePartitions(
  state: IndexState,
  { kept, centroids }: { kept: number[]; centroids: Float32Array[] },
): void {
  const { stride } = state;
  state.store.keep(kept, centroids.length);
  state.header = {
    ...state.header,
    partitions: centroids.length,
    search: {
      ...state.header.search,
      partitionsToSearch: Math.min(centroids.length, state.header.search.partitionsToSearch),
    },
  };
  const all = new Float32Array(centroids.length * stride);
  centroids.forEach((centroid, p) => {
    all.set(centroid, p * stride);
  });
  setCentroids(state, all);
  placeRows(state);
  describeIndex(state);
}

function rowsOf({ store, kernels }: IndexState, partition: number): number[] {
  const offset = store.offset(partition, store.column('row.ids')!);
  return store.count(partition) === 0 ? [] : [...kernels.memory.u32(offset, store.count(partition))];
}
