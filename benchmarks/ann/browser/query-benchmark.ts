import { vectorAt } from '@nearkin/core';
import { buildIndex } from '@nearkin/searcher';
import { textLikeData } from '../data/text-like.js';

export interface QueryBenchmark {
  readonly engine: string;
  /** Queries per second of wall time at each setting, once through all queries. */
  run(): { readonly setting: string; readonly qps: number }[];
}

const settings = [
  { partitionsToSearch: 4, reorder: 32 },
  { partitionsToSearch: 16, reorder: 48 },
  { partitionsToSearch: 45, reorder: 100 },
];

/** The same code for Node and for a page: builds, then asks one query after the other. */
export async function prepareQueryBenchmark({ count }: { count: number }): Promise<QueryBenchmark> {
  const { rows, queries } = textLikeData({ name: 'browser', count });
  const ids = Array.from({ length: rows.count }, (_, row) => String(row));
  const gallery = { vectors: rows, ids, labels: ids.map(() => '') };
  const index = await buildIndex(gallery, {
    kind: 'partitioned',
    metric: 'cosine',
    codes: 'pq4',
    reorder: 'int8',
    seed: 1,
  });
  const asked = Array.from({ length: queries.count }, (_, q) => vectorAt(queries, q));
  return {
    engine: index.stats().engine,
    run: () =>
      settings.map((search) => {
        const start = performance.now();
        for (const query of asked) index.search(query, { ...search, k: 10 });
        const seconds = (performance.now() - start) / 1e3;
        return {
          setting: `partitions ${search.partitionsToSearch}, reorder ${search.reorder}`,
          qps: asked.length / seconds,
        };
      }),
  };
}
