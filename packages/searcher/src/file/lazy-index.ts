import { assertFinite, createVectors, NearkinError, throwIfAborted } from '@nearkin/core';
import { checkSearchOptions, type Hit } from '../search/search-options.js';
import type { IndexHeader, IndexSnapshot } from '../state/snapshot.js';
import { type LazyPartitions, openPartitions, type PartitionParts } from './lazy-partitions.js';
import type { StoredIndex } from './snapshot-file.js';

/** How a search of a file goes that stays where it is. */
export interface LazySearchOptions {
  /** How many rows to find. Default 10. */
  readonly k?: number | undefined;
  /** Best partitions that are fetched and scanned. Default: the file's own. */
  readonly partitionsToSearch?: number | undefined;
  /** Partitions that rank farther behind the best one are left out. Default: the file's own. */
  readonly partitionGap?: number | undefined;
  /** Candidates that are scored again by finer rows. Default: the file's own. */
  readonly reorder?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An index whose rows stay in the file until a search needs them. It cannot be changed, and has no filters. */
export interface LazyIndex {
  /** What the file says of itself: kind, metric, rows, dimension, embedder, search defaults. */
  readonly header: IndexHeader;
  /** Finds what the whole index would find with the same options. */
  search(vector: Float32Array, options?: LazySearchOptions): Promise<Hit[]>;
  /**
   * A row's vector as finely as the index keeps it; its id is looked for in the file.
   *
   * @throws {NearkinError} `UNKNOWN_ID`, `BAD_FORMAT`, `IO_ERROR`, `ABORTED`, `DISPOSED`
   */
  vector(id: string, options?: { signal?: AbortSignal | undefined }): Promise<Float32Array>;
  /** Bytes read from the source so far, and bytes of the whole file. */
  traffic(): { readonly fetchedBytes: number; readonly fileBytes: number };
  dispose(): void;
}

/** An index in memory, as far as a lazy one needs it. */
export interface Searchable {
  search(vector: Float32Array, options: LazySearchOptions): Hit[];
  vector(id: string): Float32Array;
  dispose(): void;
}

/** So many ids that were found are remembered: the next question is often about one of them. */
const rememberedIds = 10_000;

/** What is fetched may be a little too much: the search itself decides, with the kernels' own rounding. */
const gapSlack = 1.001;

/** Makes a lazy index of an open file. */
export async function createLazyIndex(
  stored: StoredIndex,
  {
    load,
    cacheBytes = 64 * 1024 * 1024,
    signal,
  }: {
    load(snapshot: IndexSnapshot): Searchable | Promise<Searchable>;
    /** Bytes of partitions that stay in memory. */
    cacheBytes?: number | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<LazyIndex> {
  const { header, texts, sections, container } = stored;
  const partitions = await openPartitions(stored, { signal });
  const held = createHeldPartitions(partitions, { load, cacheBytes });
  const found = new Map<string, number>();
  let disposed = false;
  let last: Promise<unknown> = Promise.resolve();
  const assertOpen = () => {
    if (disposed) throw new NearkinError('DISPOSED', 'This index was disposed of; open it again.');
  };
  /** One after another: each may drop the partitions of the one before. */
  const inTurn = <T>(job: () => Promise<T>): Promise<T> => {
    const result = last.then(job);
    last = result.catch(() => {});
    return result;
  };

  const vectorOf = async (id: string, stop: { signal?: AbortSignal | undefined }): Promise<Float32Array> => {
    assertOpen();
    const row = found.get(id) ?? (await texts.findId(id, stop));
    if (row === undefined)
      throw new NearkinError('UNKNOWN_ID', `Expected the id of a row of the index, got ${JSON.stringify(id)}.`, {
        details: { id },
      });
    const whole = held.whole();
    if (whole) return whole.vector(String(row));
    const partition = held.partitionOf(row) ?? (await partitions.find(row, stop));
    return (await held.take([partition], stop))!.vector(String(row));
  };

  const search = async (vector: Float32Array, options: LazySearchOptions): Promise<Hit[]> => {
    assertOpen();
    if (vector.length !== header.dim)
      throw new NearkinError(
        'DIMENSION_MISMATCH',
        `Expected a vector of ${header.dim} numbers, got ${vector.length}; was it made by another embedder?`,
        { details: { expected: header.dim, received: vector.length } },
      );
    assertFinite(createVectors(vector, header.dim));
    checkSearchOptions(options);
    throwIfAborted(options.signal);
    const ranked = partitions.rank(vector);
    const wanted = Math.min(options.k ?? 10, header.count);
    let probes = Math.min(ranked.length, options.partitionsToSearch ?? header.search.partitionsToSearch);
    const ownGap = options.partitionsToSearch === undefined ? header.search.partitionGap : undefined;
    let partitionGap = options.partitionGap ?? ownGap ?? Number.POSITIVE_INFINITY;
    const rowsIn = (count: number) =>
      ranked.slice(0, count).reduce((sum, { partition }) => sum + partitions.counts[partition]!, 0);
    const enough = header.copies ? 2 * wanted : wanted;
    // Like the index in memory: all, then twice as many, while they have fewer rows than are to be found.
    const near = ranked.filter(({ behind }) => behind <= partitionGap * gapSlack).length;
    if (rowsIn(Math.min(near, probes)) >= enough) probes = Math.min(near, probes);
    else partitionGap = Number.POSITIVE_INFINITY;
    while (probes < ranked.length && rowsIn(probes) < enough) probes = Math.min(ranked.length, 2 * probes);
    const fetched = ranked.slice(0, probes).map(({ partition }) => partition);
    const index = wanted === 0 ? undefined : await held.take(fetched, options);
    if (!index) return [];
    return named(index.search(vector, { ...options, partitionsToSearch: probes, partitionGap }), options);
  };
  const named = async (hits: readonly Hit[], { signal: stop }: LazySearchOptions): Promise<Hit[]> => {
    const rows = hits.map(({ id }) => Number(id));
    const { ids, labels, metadata } = await texts.readRows(rows, { signal: stop });
    if (found.size > rememberedIds) found.clear();
    ids.forEach((id, i) => {
      found.set(id, rows[i]!);
    });
    return hits.map(({ score }, i) => ({
      id: ids[i]!,
      score,
      ...(labels?.[i] ? { label: labels[i] } : {}),
      ...((metadata?.[i] ?? undefined) === undefined ? {} : { metadata: metadata?.[i] }),
    }));
  };
  return {
    header,
    search: (vector, options = {}) => inTurn(() => search(vector, options)),
    vector: (id, options = {}) => inTurn(() => vectorOf(id, options)),
    traffic: () => ({ fetchedBytes: sections.fetchedBytes(), fileBytes: container.access.size }),
    dispose() {
      if (disposed) return;
      disposed = true;
      void last.then(async () => {
        held.dispose();
        await sections.close();
      });
    },
  };
}

/**
 * Partitions in memory and an index of them; those that were not needed for longest make room for others. Once more than
 * half is there, and all of it may be, all of it is.
 */
function createHeldPartitions(
  partitions: LazyPartitions,
  { load, cacheBytes }: { load(snapshot: IndexSnapshot): Searchable | Promise<Searchable>; cacheBytes: number },
) {
  const held = new Map<number, PartitionParts>();
  /** What was searched last, and the partitions in it. */
  let index: Searchable | undefined;
  let indexed = new Set<number>();
  let isWhole = false;
  const takeAll = async (signal: AbortSignal | undefined): Promise<Searchable> => {
    const all = Array.from({ length: partitions.counts.length }, (_, p) => p).filter((p) => partitions.counts[p]! > 0);
    const missing = all.filter((partition) => !held.has(partition));
    const fetched = await Promise.all(missing.map((partition) => partitions.read(partition, { signal })));
    missing.forEach((partition, i) => {
      held.set(partition, fetched[i]!);
    });
    const made = await load(partitions.snapshotOf(held));
    index?.dispose();
    [index, indexed, isWhole] = [made, new Set(all), true];
    held.clear();
    return made;
  };
  return {
    /** The index of all partitions, once it came to that. */
    whole: () => (isWhole ? index : undefined),
    /** The partition that a row was seen in; undefined when it was in none of those here. */
    partitionOf(row: number): number | undefined {
      for (const [partition, { sections }] of held)
        if (new Uint32Array(sections.get('row.ids')!.slice().buffer).includes(row)) return partition;
      return undefined;
    },
    async take(wanted: readonly number[], { signal }: LazySearchOptions): Promise<Searchable | undefined> {
      if (wanted.length === 0) return undefined;
      if (index && wanted.every((partition) => indexed.has(partition))) return index;
      const missing = wanted.filter((partition) => !held.has(partition));
      const fetched = await Promise.all(missing.map((partition) => partitions.read(partition, { signal })));
      for (const partition of wanted) {
        const parts = held.get(partition) ?? fetched[missing.indexOf(partition)]!;
        held.delete(partition);
        held.set(partition, parts);
      }
      let bytes = [...held.values()].reduce((sum, part) => sum + part.bytes, 0);
      // Where most of it has been read, the rest costs less than making an index for every search.
      if (2 * bytes > partitions.bytes && partitions.bytes <= cacheBytes) return takeAll(signal);
      for (const [partition, part] of [...held].slice(0, -wanted.length)) {
        if (bytes <= cacheBytes) break;
        held.delete(partition);
        bytes -= part.bytes;
      }
      // Only these: making an index of all that is held would take longer with every search.
      const needed = new Map(wanted.map((partition) => [partition, held.get(partition)!]));
      index?.dispose();
      index = undefined;
      index = await load(partitions.snapshotOf(needed));
      indexed = new Set(wanted);
      return index;
    },
    dispose() {
      index?.dispose();
      index = undefined;
      held.clear();
    },
  };
}
