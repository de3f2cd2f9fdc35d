import { assertFinite, createRng, NearkinError, selectRows, throwIfAborted, type Vectors } from '@nearkin/core';
import { exactTopK } from '@nearkin/kernels';
import type { BuildIndexOptions } from '../build/build-options.js';
import { prepareVectors } from '../build/encode-rows.js';
import type { SearchDefaults } from '../state/index-header.js';
import type { IndexState } from '../state/index-state.js';
import { adaptiveWidths, type Width } from './partition-gap.js';
import { runSearch, type Workspace } from './run-search.js';

const k = 10;
const sampled = 256;
const candidateSteps = [10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 448, 640];

/** Queries with the rows that are truly nearest. */
interface Trial {
  readonly queries: Vectors;
  /** Row to leave out of each answer, -1 for none. */
  readonly self: Int32Array;
  readonly truth: Int32Array;
  readonly depth: number;
}

/**
 * Sets the search defaults to the cheapest that reach the target on half of the trial queries, and the recall estimate
 * from the other half. What the options fix stays fixed.
 */
export async function tuneSearch(state: IndexState, vectors: Vectors, options: BuildIndexOptions): Promise<void> {
  const { header } = state;
  if (header.kind === 'flat' || vectors.count < 2) return;
  const trial = await makeTrial(state, vectors, options);
  const workspace: Workspace = { offset: 0, bytes: 0 };
  const measure = (defaults: SearchDefaults, half: 0 | 1) => {
    throwIfAborted(options.signal);
    return recall(state, workspace, { trial, defaults, half });
  };
  if (header.kind === 'partitioned') {
    const fixed =
      options.partitionsToSearch !== undefined &&
      (options.reorderCandidates !== undefined || header.reorder === 'none');
    if (!fixed)
      state.header = {
        ...header,
        search: chooseDefaults(state, options, { trial, measure: (defaults) => measure(defaults, 0) }),
      };
  }
  const recallEstimate = measure(state.header.search, 1);
  state.header = { ...state.header, recallEstimate };
  state.kernels.memory.free(workspace.offset);
}

async function makeTrial(state: IndexState, vectors: Vectors, options: BuildIndexOptions): Promise<Trial> {
  const { header } = state;
  const given = options.queries;
  if (given && given.dim !== header.dim)
    throw new NearkinError('DIMENSION_MISMATCH', `Expected ${header.dim}-d queries, got ${given.dim}-d.`);
  if (given) assertFinite(given);
  const rng = createRng(header.seed + 4);
  const pool = given ? prepareVectors(state, given) : vectors;
  const rows = rng.sample(pool.count, Math.min(sampled, pool.count));
  const queries = selectRows(pool, rows);
  const self = given ? new Int32Array(rows.length).fill(-1) : Int32Array.from(rows);
  const metric = header.metric === 'squaredL2' ? 'squaredL2' : 'dot';
  const { rows: truth, k: depth } = await exactTopK({
    queries,
    rows: vectors,
    k,
    metric,
    exclude: self,
    kernels: state.kernels,
    signal: options.signal,
  });
  return { queries, self, truth, depth };
}

function recall(
  state: IndexState,
  workspace: Workspace,
  { trial, defaults, half }: { trial: Trial; defaults: SearchDefaults; half: 0 | 1 },
): number {
  const { queries, self, truth, depth } = trial;
  const middle = Math.ceil(queries.count / 2);
  const [start, end] = half === 0 || queries.count < 2 ? [0, middle] : [middle, queries.count];
  const some = part(queries, start, end);
  const plan = {
    k: Math.min(state.rows.size, k + 1),
    partitionsToSearch: defaults.partitionsToSearch,
    partitionGap: defaults.partitionGap ?? Number.POSITIVE_INFINITY,
    reorder: Math.min(state.rows.size, Math.max(k + 1, defaults.reorder)),
    mask: 0,
  };
  const found = runSearch(state, workspace, { queries: some, plan });
  let [hits, wanted] = [0, 0];
  for (let q = start; q < end; q++) {
    const at = (q - start) * found.k;
    const rows = [...found.rows.subarray(at, at + found.counts[q - start]!)]
      .filter((row) => row !== self[q])
      .slice(0, k);
    for (let i = 0; i < depth; i++) {
      const row = truth[q * depth + i]!;
      if (row < 0) continue;
      wanted++;
      if (rows.includes(row)) hits++;
    }
  }
  return wanted === 0 ? 1 : hits / wanted;
}

function part({ data, dim }: Vectors, start: number, end: number): Vectors {
  return { data: data.subarray(start * dim, end * dim), dim, count: end - start };
}

const firstHalf = (queries: Vectors) => part(queries, 0, Math.ceil(queries.count / 2));

/** The cheapest defaults that reach the target; where none does, the cheapest within 0.002 of the best. */
function chooseDefaults(
  state: IndexState,
  options: BuildIndexOptions,
  { trial, measure }: { trial: Trial; measure: (defaults: SearchDefaults) => number },
): SearchDefaults {
  const { header, rows } = state;
  const wanted = options.targetRecall ?? 0.95;
  // A little more than asked for: the trial is a sample, and other queries shall reach the target too.
  const target = wanted + 0.1 * (1 - wanted);
  const widths: Width[] =
    options.partitionsToSearch === undefined
      ? adaptiveWidths(state, firstHalf(trial.queries), steps(header.partitions))
      : [{ partitionsToSearch: header.search.partitionsToSearch, mean: header.search.partitionsToSearch }];
  const again = header.reorder !== 'none';
  const reorders =
    options.reorderCandidates === undefined && again
      ? candidateSteps.filter((r, i) => i === 0 || r <= rows.size)
      : [again ? header.search.reorder : 0];
  const seen: { defaults: SearchDefaults; recall: number; cost: number }[] = [];
  for (const reorder of reorders) {
    let [low, high] = [0, widths.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { mean, ...width } = widths[middle]!;
      const defaults = { ...width, reorder };
      const reached = measure(defaults);
      seen.push({ defaults, recall: reached, cost: cost(state, { partitions: mean, reorder }) });
      if (reached >= target) high = middle - 1;
      else low = middle + 1;
    }
  }
  const best = seen.reduce((most, { recall }) => Math.max(most, recall), 0);
  const enough = seen.filter(({ recall }) => recall >= Math.min(target, best - 0.002));
  return enough.reduce((a, b) => (b.cost < a.cost ? b : a)).defaults;
}

/** 1, 2, 3, 4, 6, 8, 12, 16, … and the number of partitions. */
function steps(partitions: number): number[] {
  const list = [1];
  for (let n = 2; n < partitions; n *= 2) {
    list.push(n);
    if (n * 1.5 < partitions) list.push(n * 1.5);
  }
  if (partitions > 1) list.push(partitions);
  return list;
}

/** Nanoseconds of a search as measured once: counted, not timed, so that a seed gives the same index everywhere. */
function cost(
  { header, rows, blocks }: IndexState,
  { partitions, reorder }: { partitions: number; reorder: number },
): number {
  const perRow = header.codes === 'pq4' ? blocks * 0.035 : header.codes === 'pq8' ? blocks : header.dim * 0.045;
  return (
    (partitions / header.partitions) * rows.size * (header.soar === undefined ? 1 : 2) * perRow +
    partitions * 50 +
    reorder * (20 + header.dim * 0.3)
  );
}
