import { exactTopK } from '@nearkin/kernels';
import { textLikeData } from '../data/text-like.js';
import { cpuSeconds } from '../measure/cpu-time.js';
import { median, recallOf } from '../measure/sweep.js';
import { figure, markdownTable } from '../report/markdown-table.js';
import { buildNearkin } from '../systems/nearkin.js';
import type { Task } from './task.js';

export interface TwoWorkers {
  readonly rows: number;
  readonly recall: number;
  /** Queries per second of wall time, by threads; each with the CPU seconds spent per wall second. */
  readonly threads: readonly { readonly threads: number; readonly wallQps: number; readonly cpuShare: number }[];
}

/** A batch of queries on one thread and on two. */
export const twoWorkers: Task<TwoWorkers> = {
  name: 'two-workers',
  async run({ quick, rounds }) {
    const data = textLikeData({ name: 'text-123k', count: quick ? 12_000 : 123_287, queries: quick ? 512 : 4096 });
    const { index } = await buildNearkin(data, { kind: 'partitioned', codes: 'pq4', reorder: 'int8', shared: true });
    const search = { k: 10, partitionsToSearch: 16, reorder: 48 };
    const some = { dim: data.queries.dim, count: 256, data: data.queries.data.subarray(0, 256 * data.queries.dim) };
    const truth = await exactTopK({ queries: some, rows: data.rows, k: 10, metric: 'cosine' });
    const found = await index.searchBatch(some, search);
    const measured = [1, 2].map((threads) => ({ threads, wall: [] as number[], share: [] as number[] }));
    for (let round = 0; round <= rounds * 2; round++)
      for (const { threads, wall, share } of measured) {
        const start = performance.now();
        const cpu = cpuSeconds();
        await index.searchBatch(data.queries, { ...search, workers: threads });
        const seconds = (performance.now() - start) / 1e3;
        if (round === 0) continue;
        wall.push(data.queries.count / seconds);
        share.push((cpuSeconds() - cpu) / seconds);
      }
    index.dispose();
    return {
      rows: data.rows.count,
      recall: recallOf(
        found.map((hits) => hits.map(({ id }) => Number(id))),
        { truth, k: 10 },
      ),
      threads: measured.map(({ threads, wall, share }) => ({
        threads,
        wallQps: median(wall),
        cpuShare: median(share),
      })),
    };
  },
  report: ({ rows, recall, threads }) => ({
    title: 'A batch on two threads',
    lines: [
      `${rows.toLocaleString('en')} x 128, batches of 4,096 queries at recall@10 ${recall.toFixed(3)}; wall time, so other work on the machine shows.`,
      '',
      ...markdownTable(
        ['threads', 'queries per second', 'cores kept busy', 'against one thread'],
        threads.map((one) => [
          String(one.threads),
          figure(one.wallQps),
          figure(one.cpuShare),
          `${(one.wallQps / threads[0]!.wallQps).toFixed(2)}x`,
        ]),
      ),
    ],
  }),
};
