import { vectorAt } from '@nearkin/core';
import { textLikeData } from '../data/text-like.js';
import { cpuSeconds } from '../measure/cpu-time.js';
import { median } from '../measure/sweep.js';
import { figure, markdownTable } from '../report/markdown-table.js';
import { buildNearkin } from '../systems/nearkin.js';
import type { Task } from './task.js';

export interface FixedCost {
  readonly rows: readonly { readonly name: string; readonly microseconds: number }[];
}

/** What a query costs before it has compared much. */
export const fixedCost: Task<FixedCost> = {
  name: 'fixed-cost',
  async run({ quick, rounds, log }) {
    const tiny = textLikeData({ name: 'tiny', count: 100, queries: 1000 });
    const large = textLikeData({ name: 'text-123k', count: quick ? 12_000 : 123_287 });
    const kind = { kind: 'partitioned', codes: 'pq4', reorder: 'int8' } as const;
    const cases = [
      { name: 'flat, 100 rows', data: tiny, options: { kind: 'flat' as const }, search: {} },
      {
        name: 'partitioned, 100 rows, 1 partition searched, reorder 10',
        data: tiny,
        options: kind,
        search: { partitionsToSearch: 1, reorder: 10 },
      },
      {
        name: `partitioned, ${large.rows.count.toLocaleString('en')} rows, 1 partition searched, reorder 10`,
        data: large,
        options: kind,
        search: { partitionsToSearch: 1, reorder: 10 },
      },
    ];
    const ready = [];
    for (const one of cases) {
      const { index } = await buildNearkin(one.data, one.options);
      log(`  ${one.name}: ${index.stats().partitions} partitions`);
      ready.push({ ...one, name: `${one.name}, of ${index.stats().partitions}`, index, costs: [] as number[] });
    }
    for (let round = 0; round <= rounds; round++)
      for (const { data, index, search, costs } of ready) {
        const queries = Array.from({ length: data.queries.count }, (_, q) => vectorAt(data.queries, q));
        const repeats = quick ? 1 : 20;
        const start = cpuSeconds();
        for (let i = 0; i < repeats; i++) for (const query of queries) index.search(query, { ...search, k: 10 });
        if (round > 0) costs.push(((cpuSeconds() - start) / repeats / queries.length) * 1e6);
      }
    return { rows: ready.map(({ name, costs }) => ({ name, microseconds: median(costs) })) };
  },
  report: ({ rows }) => ({
    title: 'Fixed cost of a query',
    lines: [
      'One call of `index.search` for 10 hits, 128 dimensions, in CPU microseconds; the answer with ids is built.',
      '',
      ...markdownTable(
        ['index', 'microseconds'],
        rows.map(({ name, microseconds }) => [name, figure(microseconds)]),
      ),
    ],
  }),
};
