import { createRng, selectRows, type Vectors, vectorAt } from '@nearkin/core';
import { exactTopK } from '@nearkin/kernels';
import type { SearchIndex } from '@nearkin/searcher';
import { textLikeData } from '../data/text-like.js';
import { cpuSeconds } from '../measure/cpu-time.js';
import { median, recallOf } from '../measure/sweep.js';
import { figure, markdownTable } from '../report/markdown-table.js';
import { buildNearkin } from '../systems/nearkin.js';
import type { Task } from './task.js';

interface FilteredRow {
  readonly kind: string;
  readonly name: string;
  readonly selectivity: number;
  readonly recall: number;
  readonly qps: number;
}

export interface Filtered {
  readonly count: number;
  readonly rows: readonly FilteredRow[];
}

/** Searches that only some rows may answer: a share of them drawn at random, and everything near one direction. */
export const filtered: Task<Filtered> = {
  name: 'filtered',
  async run({ quick, rounds, log }) {
    const data = textLikeData({ name: 'text-100k', count: quick ? 10_000 : 100_000, queries: quick ? 50 : 300 });
    const { rows, queries } = data;
    const indexes = [];
    for (const kind of ['flatInt8', 'partitioned'] as const)
      indexes.push({ kind, index: (await buildNearkin(data, { kind, targetRecall: 0.95 })).index });
    const cases = [0.5, 0.1, 0.01, 0.001].flatMap((selectivity) => [
      { name: 'rows at random', selectivity, passing: atRandom(rows.count, selectivity) },
      { name: 'rows far from the queries', selectivity, passing: nearOneRow(data, selectivity) },
    ]);
    const results: FilteredRow[] = [];
    for (const { name, selectivity, passing } of cases) {
      const truth = await exactTopK({ queries, rows: selectRows(rows, passing), k: 10, metric: 'cosine' });
      const inAll = { ...truth, rows: truth.rows.map((row) => passing[row]!) };
      const ids = passing.map(String);
      for (const { kind, index } of indexes) {
        const { found, qps } = ask(index, { queries, ids, rounds });
        results.push({ kind, name, selectivity, recall: recallOf(found, { truth: inAll, k: 10 }), qps });
        log(`  ${JSON.stringify(results.at(-1))}`);
      }
    }
    for (const { index } of indexes) index.dispose();
    return { count: rows.count, rows: results };
  },
  report: ({ count, rows }) => ({
    title: 'Filtered search',
    lines: [
      `${count.toLocaleString('en')} x 128, indexes built with \`targetRecall: 0.95\`, their defaults; recall@10 against the exact scan of the rows that pass.`,
      '',
      ...markdownTable(
        ['index', 'which rows pass', 'share', 'recall@10', 'queries per CPU second'],
        rows.map((row) => [row.kind, row.name, `${row.selectivity * 100} %`, row.recall.toFixed(3), figure(row.qps)]),
      ),
    ],
  }),
};

function ask(
  index: SearchIndex,
  { queries, ids, rounds }: { queries: Vectors; ids: readonly string[]; rounds: number },
): { found: number[][]; qps: number } {
  const speeds: number[] = [];
  let found: number[][] = [];
  for (let round = 0; round <= rounds; round++) {
    // A new object: every round pays for compiling the filter, once.
    const filter = { ids };
    const start = cpuSeconds();
    const answers = Array.from({ length: queries.count }, (_, q) =>
      index.search(vectorAt(queries, q), { k: 10, filter }),
    );
    if (round > 0) speeds.push(queries.count / (cpuSeconds() - start));
    found = answers.map((hits) => hits.map(({ id }) => Number(id)));
  }
  return { found, qps: median(speeds) };
}

function atRandom(count: number, selectivity: number): number[] {
  return createRng(3)
    .sample(count, Math.max(20, Math.round(count * selectivity)))
    .sort((a, b) => a - b);
}

/** Rows most like row 0: whole partitions pass, and most queries are asked of rows far from what they want. */
function nearOneRow({ rows }: { rows: Vectors }, selectivity: number): number[] {
  const one = vectorAt(rows, 0);
  const likeness = Array.from({ length: rows.count }, (_, row) => {
    const other = vectorAt(rows, row);
    let sum = 0;
    for (let j = 0; j < rows.dim; j++) sum += one[j]! * other[j]!;
    return { row, sum };
  });
  return likeness
    .sort((a, b) => b.sum - a.sum)
    .slice(0, Math.max(20, Math.round(rows.count * selectivity)))
    .map(({ row }) => row)
    .sort((a, b) => a - b);
}
