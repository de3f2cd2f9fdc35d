import type { Vectors } from '@nearkin/core';
import type { IndexState } from '../state/index-state.js';
import { align, ensure, type Found, queryBytes, type Workspace, writeQueries } from './run-search.js';

/** Scores the given rows exactly (as finely as rows are kept), whatever their partition. */
export function runOnRows(
  state: IndexState,
  workspace: Workspace,
  { query, rows, k }: { query: Vectors; rows: readonly number[]; k: number },
): Found {
  const { kernels, store, header } = state;
  const { memory } = kernels;
  workspace.ready = undefined;
  const sizes = [
    queryBytes(state),
    align(16 * header.partitions),
    align(4 * rows.length),
    align(16 + 8 * k),
    align(4 * k),
    align(4 * k),
  ];
  const offsets = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
  const scratch = align(sizes.reduce((a, b) => a + b, 0));
  ensure(state, workspace, scratch + align(kernels.rescoreBytes(state.descriptor)));
  const [queries, probes, numbers, top, outRows, outScores] = offsets.map((offset) => workspace.offset + offset) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const first = new Uint32Array(header.partitions);
  const list = memory.u32(probes, 4 * header.partitions);
  let base = 0;
  for (let p = 0; p < header.partitions; p++) {
    list[4 * p] = p;
    list[4 * p + 1] = base;
    first[p] = base;
    base += store.count(p);
  }
  const wanted = memory.u32(numbers, rows.length);
  for (let i = 0; i < rows.length; i++) wanted[i] = first[state.rows.partition(rows[i]!)]! + state.rows.slot(rows[i]!);
  writeQueries(state, query, { first: 0, n: 1, to: queries });
  kernels.topKReset(top, k);
  kernels.rescore(
    state.descriptor,
    queries,
    probes,
    header.partitions,
    numbers,
    rows.length,
    top,
    workspace.offset + scratch,
  );
  const count = kernels.topKTake(top, outRows, outScores);
  return {
    k,
    rows: memory.u32(outRows, k).slice(),
    scores: memory.f32(outScores, k).slice(),
    counts: Uint32Array.of(count),
  };
}
