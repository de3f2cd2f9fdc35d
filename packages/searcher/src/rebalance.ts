import { createVectors, NearkinError } from '@nearkin/core';
import { reserveRows } from './edit-rows.js';
import { appendRows, assignRows } from './encode-rows.js';
import { describeIndex, type IndexState, rankPartitions, setCentroids } from './index-state.js';
import { readRow } from './read-row.js';
import { trainPartitions } from './train-partitions.js';

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
  const mean = rows.size / header.partitions;
  const partitions = Array.from({ length: header.partitions }, (_, p) => p);
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
  replacePartitions(state, { kept, centroids });
  moving.sort((a, b) => a - b);
  const data = new Float32Array(moving.length * header.dim);
  moving.forEach((row, i) => {
    data.set(vectors.get(row)!, i * header.dim);
  });
  const list = createVectors(data, header.dim);
  const assigned = assignRows(state, list);
  reserveRows(state, assigned);
  appendRows(state, list, { rows: moving, assigned });
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
  kept.forEach((_, p) => {
    rowsOf(state, p).forEach((row, slot) => {
      state.rows.place(row, p, slot);
    });
  });
  describeIndex(state);
}

function rowsOf({ store, kernels }: IndexState, partition: number): number[] {
  const offset = store.offset(partition, store.column('row.ids')!);
  return store.count(partition) === 0 ? [] : [...kernels.memory.u32(offset, store.count(partition))];
}
