import { createVectors, type Vectors } from '@nearkin/core';
import type { IndexState } from '../state/index-state.js';
import type { CompiledFilter, FilterCache } from './filter.js';
import { runOnRows } from './run-on-rows.js';
import { type Found, runSearch, type SearchPlan, type Workspace } from './run-search.js';
import type { Hit, SearchOptions } from './search-options.js';
import type { SearchPools } from './search-pools.js';

/** What a search works with besides the rows. */
export interface SearchContext {
  readonly state: IndexState;
  readonly workspace: Workspace;
  readonly filters: FilterCache;
  readonly pools: SearchPools;
}

const defaultK = 10;
/** So many rows are scored one by one faster than partitions are searched for them. */
const exactRows = 20_000;
const exactShare = 0.02;

/** How a search without a filter goes. */
export function planSearch(state: IndexState, options: SearchOptions): SearchPlan {
  const { header, rows } = state;
  const k = Math.min(options.k ?? defaultK, rows.size);
  const { search } = header;
  const partitionsToSearch = Math.min(header.partitions, options.partitionsToSearch ?? search.partitionsToSearch);
  // The default was found for k = 10; other k need candidates in proportion.
  const reorder = options.reorder ?? Math.ceil(search.reorder * Math.max(1, k / defaultK));
  // A caller who counts partitions gets as many as counted.
  const ownGap = options.partitionsToSearch === undefined ? search.partitionGap : undefined;
  const partitionGap = options.partitionGap ?? ownGap ?? Number.POSITIVE_INFINITY;
  return { k, partitionsToSearch, partitionGap, reorder: Math.min(rows.size, Math.max(k, reorder)), mask: 0 };
}

/** Best rows for (prepared) queries. */
export function findRows(context: SearchContext, queries: Vectors, options: SearchOptions): Hit[][] {
  if (queries.count === 1) return [findRow(context, queries, options)];
  const { state } = context;
  const plan = planSearch(state, options);
  if (plan.k === 0) return Array.from({ length: queries.count }, () => []);
  const together = options.diversify === undefined && options.filter === undefined && !hasEqualScores(state, queries);
  if (!together) return eachQuery(queries, (query) => findRow(context, query, options));
  const found = complete(context, queries, { plan, available: state.rows.size });
  return Array.from({ length: queries.count }, (_, q) => toHits(state, found, q));
}

/** Best rows for one (prepared) query. */
export function findRow(context: SearchContext, query: Vectors, options: SearchOptions): Hit[] {
  const { state } = context;
  const plan = planSearch(state, options);
  if (plan.k === 0) return [];
  if (options.diversify !== undefined) return diversified(context, query, { options, plan });
  if (options.filter) {
    const compiled = context.filters.compile(options.filter);
    return toHits(state, filtered(context, query, { plan, options, compiled }), 0);
  }
  // A zero query is equally near to every row: the first rows are the answer.
  const found = hasEqualScores(state, query)
    ? firstRows(state.rows.rows(), plan.k)
    : complete(context, query, { plan, available: state.rows.size });
  return toHits(state, found, 0);
}

function eachQuery<T>({ data, dim, count }: Vectors, work: (query: Vectors) => T): T[] {
  return Array.from({ length: count }, (_, q) => work(createVectors(data.subarray(q * dim, (q + 1) * dim), dim)));
}

interface Filtered {
  readonly plan: SearchPlan;
  readonly options: SearchOptions;
  readonly compiled: CompiledFilter;
}

/** Few rows that pass are scored one by one; many are searched for, in more partitions the fewer they are. */
function filtered(context: SearchContext, query: Vectors, { plan, options, compiled }: Filtered): Found {
  const { state, workspace } = context;
  const { rows } = compiled;
  const k = Math.min(plan.k, rows.length);
  if (k === 0) return { k: 0, rows: new Uint32Array(0), scores: new Float32Array(0), counts: Uint32Array.of(0) };
  if (hasEqualScores(state, query)) return firstRows(rows, k);
  const wide = planFiltered(state, plan, { options, compiled });
  return wide
    ? complete(context, query, { plan: wide, available: rows.length })
    : runOnRows(state, workspace, { query, rows, k });
}

/** How a search of the rows that pass goes; undefined where they are few enough to score each. */
export function planFiltered(
  { header, rows: { size } }: IndexState,
  plan: SearchPlan,
  { options, compiled: { rows, mask } }: Omit<Filtered, 'plan'>,
): SearchPlan | undefined {
  const codesOnly = header.reorder === 'none' && (header.codes === 'pq4' || header.codes === 'pq8');
  const share = rows.length / Math.max(1, size);
  if (!codesOnly && (rows.length <= exactRows || share <= exactShare)) return undefined;
  const wider =
    options.partitionsToSearch === undefined
      ? Math.ceil(plan.partitionsToSearch * Math.min(4, share ** -0.5))
      : plan.partitionsToSearch;
  const partitionsToSearch =
    codesOnly && rows.length <= exactRows ? header.partitions : Math.min(header.partitions, wider);
  // Rows that pass may all lie in partitions that rank low.
  const partitionGap = options.partitionGap ?? Number.POSITIVE_INFINITY;
  return { ...plan, k: Math.min(plan.k, rows.length), mask, partitionsToSearch, partitionGap };
}

function firstRows(rows: readonly number[], k: number): Found {
  const first = rows.slice(0, k);
  return { k, rows: Uint32Array.from(first), scores: new Float32Array(k), counts: Uint32Array.of(first.length) };
}

/** Is there a query that scores every row the same? */
export function hasEqualScores({ header }: IndexState, { data, dim, count }: Vectors): boolean {
  if (header.metric === 'squaredL2') return false;
  for (let q = 0; q < count; q++) {
    let j = q * dim;
    while (j < (q + 1) * dim && data[j] === 0) j++;
    if (j === (q + 1) * dim) return true;
  }
  return false;
}

/** Looks into more partitions while some query has fewer rows than there are to find. */
function complete(
  { state, workspace }: SearchContext,
  queries: Vectors,
  { plan, available }: { plan: SearchPlan; available: number },
): Found {
  const wanted = Math.min(plan.k, available);
  const { partitions } = state.header;
  let wider = plan;
  for (;;) {
    const found = runSearch(state, workspace, { queries, plan: wider });
    const all = wider.partitionGap === Number.POSITIVE_INFINITY;
    if ((all && wider.partitionsToSearch >= partitions) || hasEach(found.counts, wanted)) return found;
    const partitionsToSearch = Math.min(partitions, (all ? 2 : 1) * wider.partitionsToSearch);
    wider = { ...wider, partitionsToSearch, partitionGap: Number.POSITIVE_INFINITY };
  }
}

function hasEach(counts: Uint32Array, wanted: number): boolean {
  for (let q = 0; q < counts.length; q++) if (counts[q]! < wanted) return false;
  return true;
}

/** Asks for more and more rows until enough labels take part. */
function diversified(
  context: SearchContext,
  query: Vectors,
  { options, plan }: { options: SearchOptions; plan: SearchPlan },
): Hit[] {
  const { diversify, ...rest } = options;
  const limit = diversify!;
  for (let k = plan.k * 4; ; k *= 4) {
    const hits = findRow(context, query, { ...rest, k });
    const taken = new Map<string, number>();
    const kept = hits.filter(({ label }) => {
      if (label === undefined) return true;
      const before = taken.get(label) ?? 0;
      taken.set(label, before + 1);
      return before < limit;
    });
    if (kept.length >= plan.k || k >= context.state.rows.size) return kept.slice(0, plan.k);
  }
}

export function toHits({ rows }: IndexState, found: Found, query: number): Hit[] {
  const hits: Hit[] = [];
  const first = query * found.k;
  for (let i = first; i < first + found.counts[query]!; i++) {
    const row = found.rows[i]!;
    // Plain assignments: spreading optional fields into a literal costs more than the search of a hit.
    const hit: { -readonly [Name in keyof Hit]: Hit[Name] } = { id: rows.id(row)!, score: found.scores[i]! };
    const label = rows.label(row);
    if (label !== '') hit.label = label;
    const metadata = rows.metadata(row);
    if (metadata !== undefined && metadata !== null) hit.metadata = metadata;
    hits.push(hit);
  }
  return hits;
}
