import { throwIfAborted, type Vectors } from '@nearkin/core';
import type { KernelCall } from '@nearkin/kernels';
import { hasEqualScores, planFiltered, planSearch, type SearchContext, toHits } from './find-rows.js';
import { dropRepeats, withRepeats } from './repeated-rows.js';
import { layOut, queryBytes, writeQueries } from './run-search.js';
import type { Hit, SearchBatchOptions } from './search-options.js';

const queriesAtATime = 64;

/**
 * Shares queries out to workers that search the same memory.
 *
 * @returns undefined where memory cannot be shared, or some query needs a second look
 */
export async function searchInParallel(
  { state, pools, filters }: SearchContext,
  queries: Vectors,
  options: SearchBatchOptions,
): Promise<Hit[][] | undefined> {
  const { kernels, header } = state;
  if (!kernels.share || hasEqualScores(state, queries)) return undefined;
  const compiled = options.filter && filters.compile(options.filter);
  const unfiltered = planSearch(state, options);
  const asked = compiled ? planFiltered(state, unfiltered, { options, compiled }) : unfiltered;
  if (!asked) return undefined;
  const wanted = Math.min(asked.k, compiled?.rows.length ?? state.rows.size);
  const plan = withRepeats(state, asked);
  if (plan.k === 0 || queries.count === 0) return undefined;
  const pool = await pools.open(options.workers ?? 1);
  const { memory } = kernels;
  const jobs = Math.ceil(queries.count / queriesAtATime);
  const layout = layOut(state, plan, queriesAtATime);
  const block = Math.ceil(layout.bytes / 64) * 64;
  let base = 0;
  try {
    base = memory.allocate(block * jobs);
    const calls: KernelCall[] = [];
    for (let job = 0; job < jobs; job++) {
      const at = base + job * block;
      const first = job * queriesAtATime;
      const n = Math.min(queriesAtATime, queries.count - first);
      writeQueries(state, queries, { first, n, to: at + layout.queries });
      calls.push({
        name: 'searchBatch',
        args: [
          state.descriptor,
          at + layout.queries,
          n,
          queryBytes(state),
          plan.partitionsToSearch,
          plan.partitionGap,
          Math.max(plan.reorder, plan.k),
          plan.k,
          plan.mask,
          at + layout.rows,
          at + layout.scores,
          at + layout.counts,
          at + layout.scratch,
        ],
        result: { offset: at, bytes: 0 },
      });
    }
    const hits = new Array<Hit[]>(queries.count);
    let complete = true;
    let done = 0;
    const take = (job: number) => {
      const at = base + job * block;
      const n = Math.min(queriesAtATime, queries.count - job * queriesAtATime);
      const found = dropRepeats(
        state,
        {
          k: plan.k,
          rows: memory.u32(at + layout.rows, n * plan.k),
          scores: memory.f32(at + layout.scores, n * plan.k),
          counts: memory.u32(at + layout.counts, n),
        },
        asked.k,
      );
      const all = plan.partitionsToSearch >= header.partitions && plan.partitionGap === Number.POSITIVE_INFINITY;
      if (!all && found.counts.some((count) => count < wanted)) complete = false;
      else for (let q = 0; q < n; q++) hits[job * queriesAtATime + q] = toHits(state, found, q);
      done += n;
      options.onProgress?.({ done, total: queries.count, phase: 'search' });
    };
    try {
      await pool.run(calls, take);
    } catch (error) {
      pools.close(); // a worker that failed does not come back
      throw error;
    }
    throwIfAborted(options.signal);
    return complete ? hits : undefined;
  } finally {
    memory.free(base);
  }
}
