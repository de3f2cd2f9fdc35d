import type { Vectors } from '@nearkin/core';
import { copyPadded } from '../build/encode-rows.js';
import type { IndexState } from '../state/index-state.js';
import { dropRepeats, withRepeats } from './repeated-rows.js';

/** Which rows a search looks at, and how closely. */
export interface SearchPlan {
  readonly k: number;
  readonly partitionsToSearch: number;
  /** How far behind the best a partition may rank; Infinity: no matter. */
  readonly partitionGap: number;
  /** Candidates that are scored again. */
  readonly reorder: number;
  /** Offset of a bitset over row numbers, or 0. */
  readonly mask: number;
}

/**
 * Row numbers and scores, best first; entry `q * k + i` is query q's i-th, `counts[q]` says how many there are.
 * Views of the kernels' memory: read them before the next search.
 */
export interface Found {
  readonly k: number;
  readonly rows: Uint32Array;
  readonly scores: Float32Array;
  readonly counts: Uint32Array;
}

/** Memory for queries and answers, kept between calls. */
export interface Workspace {
  offset: number;
  bytes: number;
  /** Views for searches of the last plan: making them costs as much as a small search. */
  ready?: Ready | undefined;
}

interface Ready {
  readonly plan: SearchPlan;
  readonly count: number;
  readonly partitions: number;
  readonly buffer: ArrayBufferLike;
  readonly layout: Layout;
  readonly queries: Float32Array;
  readonly found: Found;
}

/** Rounds up to whole cache lines. */
export const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Bytes from one query to the next: room for every padding a kernel may read. */
export function queryBytes(state: IndexState): number {
  return align(4 * Math.max(state.strideI8, state.blocks * state.width));
}

/** Offsets of one search in a stretch of memory. */
export interface Layout {
  readonly queries: number;
  readonly rows: number;
  readonly scores: number;
  readonly counts: number;
  readonly scratch: number;
  readonly bytes: number;
}

export function layOut(state: IndexState, plan: SearchPlan, count: number): Layout {
  const { k, partitionsToSearch } = plan;
  const keep = Math.max(plan.reorder, k);
  const queries = count * queryBytes(state);
  const out = align(4 * k * count);
  const counts = align(4 * count);
  const scratch =
    state.kernels.scratchBytes(state.descriptor, partitionsToSearch, keep) +
    align(16 + 8 * k) +
    align(16 * partitionsToSearch);
  const tops = scansTogether(state, count) ? count * align(16 + 8 * k) : 0;
  return {
    queries: 0,
    rows: queries,
    scores: queries + out,
    counts: queries + 2 * out,
    scratch: queries + 2 * out + counts,
    bytes: queries + 2 * out + counts + Math.max(scratch, tops),
  };
}

/** Makes the workspace large enough. */
export function ensure(state: IndexState, workspace: Workspace, bytes: number): void {
  if (bytes <= workspace.bytes) return;
  state.kernels.memory.free(workspace.offset);
  workspace.bytes = 0;
  workspace.offset = state.kernels.memory.allocate(Math.ceil(bytes * 1.25));
  workspace.bytes = Math.ceil(bytes * 1.25);
}

/** Exact scans of several queries share the reading of rows. */
function scansTogether(state: IndexState, count: number): boolean {
  return count > 1 && state.header.codes === 'float32' && state.header.partitions === 1;
}

/** Writes (prepared) queries into a stretch of memory, padded with zeros. */
export function writeQueries(
  state: IndexState,
  { data, dim }: Vectors,
  { first, n, to }: { first: number; n: number; to: number },
): void {
  const stride = queryBytes(state) / 4;
  const into = state.kernels.memory.f32(to, n * stride);
  if (stride !== dim) into.fill(0);
  for (let i = 0; i < n; i++) into.set(data.subarray((first + i) * dim, (first + i + 1) * dim), i * stride);
}

/** Searches (prepared) queries, one after another. */
export function runSearch(
  state: IndexState,
  workspace: Workspace,
  { queries, plan }: { queries: Vectors; plan: SearchPlan },
): Found {
  if (state.header.soar === undefined) return runOnce(state, workspace, { queries, plan });
  return dropRepeats(state, runOnce(state, workspace, { queries, plan: withRepeats(state, plan) }), plan.k);
}

function runOnce(state: IndexState, workspace: Workspace, options: { queries: Vectors; plan: SearchPlan }): Found {
  const { queries, plan } = options;
  const { count, data, dim } = queries;
  const ready = makeReady(state, workspace, { plan, count });
  const { layout } = ready;
  const base = workspace.offset;
  if (scansTogether(state, count)) {
    scanAll(state, options, { layout, base });
    return ready.found;
  }
  const stride = queryBytes(state) / 4;
  if (stride === dim || count === 1) ready.queries.set(data);
  else for (let i = 0; i < count; i++) ready.queries.set(data.subarray(i * dim, (i + 1) * dim), i * stride);
  state.kernels.searchBatch(
    state.descriptor,
    base + layout.queries,
    count,
    4 * stride,
    plan.partitionsToSearch,
    plan.partitionGap,
    Math.max(plan.reorder, plan.k),
    plan.k,
    plan.mask,
    base + layout.rows,
    base + layout.scores,
    base + layout.counts,
    base + layout.scratch,
  );
  return ready.found;
}

function makeReady(
  state: IndexState,
  workspace: Workspace,
  { plan, count }: { plan: SearchPlan; count: number },
): Ready {
  const { memory } = state.kernels;
  const { ready } = workspace;
  const { partitions } = state.header;
  if (
    ready &&
    ready.count === count &&
    ready.plan.k === plan.k &&
    ready.plan.partitionsToSearch === plan.partitionsToSearch &&
    ready.plan.reorder === plan.reorder &&
    ready.partitions === partitions &&
    ready.buffer === memory.buffer
  )
    return ready;
  const layout = layOut(state, plan, count);
  ensure(state, workspace, layout.bytes);
  const at = (offset: number) => workspace.offset + offset;
  const made: Ready = {
    plan,
    count,
    partitions,
    buffer: memory.buffer,
    layout,
    queries: memory.f32(at(layout.queries), (count * queryBytes(state)) / 4).fill(0),
    found: {
      k: plan.k,
      rows: memory.u32(at(layout.rows), plan.k * count),
      scores: memory.f32(at(layout.scores), plan.k * count),
      counts: memory.u32(at(layout.counts), count),
    },
  };
  workspace.ready = made;
  return made;
}

function scanAll(
  state: IndexState,
  { queries, plan }: { queries: Vectors; plan: SearchPlan },
  { layout, base }: { layout: Layout; base: number },
): void {
  const { kernels, store, stride } = state;
  const { k } = plan;
  const topBytes = align(16 + 8 * k);
  const tops = base + layout.scratch;
  copyPadded(state, queries, { first: 0, n: queries.count, to: base + layout.queries });
  for (let q = 0; q < queries.count; q++) kernels.topKReset(tops + q * topBytes, k);
  const rows = store.offset(0, store.column('rows.f32')!);
  const ids = store.offset(0, store.column('row.ids')!);
  const squared = state.header.metric === 'squaredL2' ? 1 : 0;
  kernels.scanF32(
    base + layout.queries,
    queries.count,
    rows,
    store.count(0),
    stride,
    ids,
    0,
    plan.mask,
    0,
    tops,
    topBytes,
    squared,
  );
  const counts = kernels.memory.u32(base + layout.counts, queries.count);
  for (let q = 0; q < queries.count; q++)
    counts[q] = kernels.topKTake(tops + q * topBytes, base + layout.rows + 4 * q * k, base + layout.scores + 4 * q * k);
}
