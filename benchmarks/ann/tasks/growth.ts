import { createVectors, vectorAt } from '@nearkin/core';
import { exactTopK } from '@nearkin/kernels';
import type { DataSet } from '../data/data-set.js';
import { textLikeData } from '../data/text-like.js';
import { cpuSeconds } from '../measure/cpu-time.js';
import { median, recallOf } from '../measure/sweep.js';
import { lineChart } from '../report/line-chart.js';
import { figure, markdownTable } from '../report/markdown-table.js';
import { buildNearkin, type NearkinOptions } from '../systems/nearkin.js';
import type { Task } from './task.js';

interface GrowthPoint {
  readonly kind: string;
  readonly rows: number;
  readonly microseconds: number;
  readonly recall: number;
  readonly buildCpuSeconds: number;
}

export interface Growth {
  readonly points: readonly GrowthPoint[];
}

const kinds: readonly { name: string; options: NearkinOptions & { targetRecall?: number }; most: number }[] = [
  { name: 'flat', options: { kind: 'flat' }, most: 300_000 },
  { name: 'flatInt8', options: { kind: 'flatInt8' }, most: 1_000_000 },
  { name: 'partitioned, targetRecall 0.95', options: { kind: 'partitioned', targetRecall: 0.95 }, most: 1_000_000 },
  { name: 'as chosen by default, targetRecall 0.95', options: { targetRecall: 0.95 }, most: 1_000_000 },
];

/** What a query costs as the index grows: the same rows, ever more of them. */
export const growth: Task<Growth> = {
  name: 'growth',
  async run({ quick, rounds, log }) {
    const sizes = quick ? [1000, 3000, 10_000] : [1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000];
    const all = textLikeData({ name: 'growth', count: sizes.at(-1)!, queries: 300 });
    const points: GrowthPoint[] = [];
    for (const size of sizes) {
      const rows = createVectors(all.rows.data.subarray(0, size * all.rows.dim), all.rows.dim);
      const data: DataSet = { ...all, rows };
      const truth = await exactTopK({ queries: all.queries, rows, k: 10, metric: 'cosine' });
      for (const { name, options, most } of kinds) {
        if (size > most) continue;
        const { index, buildCpuSeconds } = await buildNearkin(data, options);
        const { microseconds, recall } = ask(index, data, { truth, rounds });
        points.push({ kind: name, rows: size, microseconds, recall, buildCpuSeconds });
        log(`  ${JSON.stringify(points.at(-1))}`);
        index.dispose();
      }
    }
    return { points };
  },
  report: ({ points }) => ({
    title: 'Cost against the number of rows',
    lines: [
      '128 dimensions, text-like queries, one thread, defaults of each index; CPU time.',
      '',
      ...markdownTable(
        ['index', 'rows', 'microseconds a query', 'recall@10', 'build CPU s'],
        points.map((point) => [
          point.kind,
          point.rows.toLocaleString('en'),
          figure(point.microseconds),
          point.recall.toFixed(3),
          figure(point.buildCpuSeconds),
        ]),
      ),
    ],
    charts: [
      {
        name: 'growth',
        svg: lineChart({
          title: 'Cost of a query against the number of rows',
          x: { title: 'rows', log: true },
          y: { title: 'CPU microseconds a query', log: true },
          series: [...new Set(points.map(({ kind }) => kind))].map((kind) => ({
            name: kind,
            points: points
              .filter((point) => point.kind === kind)
              .map(({ rows, microseconds, recall }) => ({
                x: rows,
                y: microseconds,
                note: `recall ${recall.toFixed(3)}`,
              })),
          })),
        }),
      },
    ],
  }),
};

function ask(
  index: Awaited<ReturnType<typeof buildNearkin>>['index'],
  { queries }: DataSet,
  { truth, rounds }: { truth: Awaited<ReturnType<typeof exactTopK>>; rounds: number },
): { microseconds: number; recall: number } {
  const costs: number[] = [];
  let found: number[][] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = cpuSeconds();
    const answers = Array.from({ length: queries.count }, (_, q) => index.search(vectorAt(queries, q), { k: 10 }));
    costs.push((cpuSeconds() - start) / queries.count);
    found = answers.map((hits) => hits.map(({ id }) => Number(id)));
  }
  return { microseconds: median(costs.slice(1)) * 1e6, recall: recallOf(found, { truth, k: 10 }) };
}
