import { fastestAt } from '../measure/sweep.js';
import type { Chromium } from '../tasks/chromium.js';
import type { Filtered } from '../tasks/filtered.js';
import type { FixedCost } from '../tasks/fixed-cost.js';
import type { MemoryScan } from '../tasks/memory-scan.js';
import type { RecallCurve } from '../tasks/recall-curve.js';
import type { StaticHost } from '../tasks/static-host.js';
import type { TwoWorkers } from '../tasks/two-workers.js';
import { figure, markdownTable } from './markdown-table.js';
import type { StoredResult } from './render-results.js';

type Row = readonly [measure: string, target: string, measured: string, met: boolean | null];

/** What was aimed at, and what came out. Ours is the best of our kinds at each recall; each cell names it. */
export function targetTable(results: ReadonlyMap<string, StoredResult>): string[] {
  const rows: Row[] = [
    ...withResult<RecallCurve>(results, 'text-123k', curveRows),
    ...withResult<RecallCurve>(results, 'text-1m', millionRows),
    ...withResult<MemoryScan>(results, 'memory-scan', ({ scans, streamBytesPerSecond }) => {
      const share = (scans.find(({ name }) => name === 'flatInt8')?.bytesPerSecond ?? 0) / streamBytesPerSecond;
      return [['int8 scan from memory against the stream read', '≥ 0.8', share.toFixed(2), share >= 0.8]];
    }),
    ...withResult<FixedCost>(results, 'fixed-cost', ({ rows: costs }) =>
      costs
        .filter(({ name }) => name.startsWith('partitioned'))
        .map(({ name, microseconds }) => [
          `fixed cost of a query (${name})`,
          '≤ 15 µs',
          `${figure(microseconds)} µs`,
          microseconds <= 15,
        ]),
    ),
    ...withResult<TwoWorkers>(results, 'two-workers', ({ threads }) => {
      const gain = threads[1]!.wallQps / threads[0]!.wallQps;
      return [['two threads, batch', '≥ 1.8x', `${gain.toFixed(2)}x`, gain >= 1.8]];
    }),
    ...withResult<Filtered>(results, 'filtered', ({ rows: cases }) =>
      cases
        .filter(({ selectivity }) => selectivity === 0.1 || selectivity === 0.01)
        .map(({ kind, name, selectivity, recall, qps }) => [
          `filtered, ${selectivity * 100} % (${kind}, ${name})`,
          'recall ≥ 0.95, ≥ 300 queries/s',
          `${recall.toFixed(3)}, ${figure(qps)}`,
          recall >= 0.95 && qps >= 300,
        ]),
    ),
    ...withResult<StaticHost>(results, 'static-host', ({ rows: count, fileBytes, firstAnswer }) => {
      const share = firstAnswer.bytes / fileBytes;
      const measure = `fetched before the first answer, ${count.toLocaleString('en')} rows on a static host`;
      return [[measure, '< 5 % of the file', `${(100 * share).toFixed(2)} %`, share < 0.05]];
    }),
    ...withResult<Chromium>(results, 'chromium', ({ pairs }) => {
      const worst = Math.max(...pairs.map(({ node, chromium }) => node / chromium));
      return [['Node / Chromium, queries per second', '≤ 1.3', worst.toFixed(2), worst <= 1.3]];
    }),
  ];
  return markdownTable(
    ['measure', 'target', 'measured', 'met'],
    rows.map(([measure, target, measured, met]) => [
      measure,
      target,
      measured,
      met === null ? '–' : met ? 'yes' : '**no**',
    ]),
  );
}

function withResult<R>(results: ReadonlyMap<string, StoredResult>, task: string, rows: (result: R) => Row[]): Row[] {
  const stored = results.get(task);
  return stored ? rows(stored.result as R) : [];
}

function curveRows({ systems, rows }: RecallCurve): Row[] {
  const ours = systems.filter(({ name }) => name.startsWith('nearkin'));
  const peers = ['hnswlib-node', 'usearch'].map((peer) => systems.find(({ name }) => name.startsWith(peer)));
  const list: Row[] = [];
  for (const peer of peers) {
    if (!peer) continue;
    const title = peer.name.split(',')[0];
    for (const [level, least] of [
      [0.9, 2],
      [0.95, 2],
      [0.99, 1.5],
    ] as const) {
      const theirs = fastestAt(peer.points, level);
      const best = ours
        .map(({ name, points }) => ({ name, point: fastestAt(points, level) }))
        .sort((a, b) => (b.point?.qps ?? 0) - (a.point?.qps ?? 0))[0];
      if (!theirs || !best?.point) continue;
      const ratio = best.point.qps / theirs.qps;
      list.push([
        `QPS against ${title} at recall@10 ${level}`,
        `≥ ${least}x`,
        `${ratio.toFixed(2)}x (${figure(best.point.qps)} / ${figure(theirs.qps)}; ${best.name})`,
        ratio >= least,
      ]);
    }
  }
  const [hnsw] = peers;
  const int8 = ours.find(({ name }) => name.includes('int8 rows'));
  const codes = ours.find(({ name }) => name.includes('alone'));
  if (!hnsw || !int8) return list;
  const faster = hnsw.buildCpuSeconds / int8.buildCpuSeconds;
  list.push([
    'build against hnswlib-node',
    '≥ 10x faster',
    `${faster.toFixed(1)}x (${figure(int8.buildCpuSeconds)} s / ${figure(hnsw.buildCpuSeconds)} s)`,
    faster >= 10,
  ]);
  for (const [name, ours_, most] of [
    ['with int8 rows', int8, 0.27],
    ['codes only', codes, 0.07],
  ] as const) {
    if (!ours_?.memoryBytes || !hnsw.memoryBytes) continue;
    const share = ours_.memoryBytes / hnsw.memoryBytes;
    list.push([
      `bytes a vector against hnswlib-node, ${name}`,
      `≤ ${most}x`,
      `${share.toFixed(3)}x (${figure(ours_.memoryBytes / rows)})`,
      share <= most,
    ]);
  }
  return list;
}

function millionRows({ systems }: RecallCurve): Row[] {
  const ours = systems.filter(({ name }) => name.startsWith('nearkin'));
  const fastest = ours.find(({ name }) => name.includes('int8 rows'));
  const best = Math.max(...ours.flatMap(({ points }) => points.map(({ recall }) => recall)));
  return [
    ...(fastest
      ? [
          [
            '1M x 128 build, one thread',
            '≤ 35 s',
            `${figure(fastest.buildCpuSeconds)} CPU s`,
            fastest.buildCpuSeconds <= 35,
          ] as const,
        ]
      : []),
    ['1M x 128, highest recall@10 measured', '≥ 0.99', best.toFixed(4), best >= 0.99],
  ];
}
