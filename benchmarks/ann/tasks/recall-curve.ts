import { exactTopK } from '@nearkin/kernels';
import type { DataSet } from '../data/data-set.js';
import { fastestAt, type Point, sweep } from '../measure/sweep.js';
import { lineChart } from '../report/line-chart.js';
import { figure, markdownTable } from '../report/markdown-table.js';
import type { Built, System } from '../systems/system.js';
import type { Task } from './task.js';

const levels = [0.9, 0.95, 0.99] as const;

interface SystemResult {
  readonly name: string;
  readonly package: string;
  readonly buildCpuSeconds: number;
  readonly builtEarlier: boolean;
  readonly memoryBytes: number | null;
  readonly fileBytes: number | null;
  readonly points: readonly Point[];
}

export interface RecallCurve {
  readonly title: string;
  readonly rows: number;
  readonly queries: number;
  readonly systems: readonly SystemResult[];
}

/** Speed against recall of all systems on one data set. */
export function recallCurve(
  name: string,
  setup: { data(quick: boolean): DataSet; systems(): Promise<readonly System[]> },
): Task<RecallCurve> {
  return {
    name,
    async run({ quick, rounds, log }) {
      const data = setup.data(quick);
      log(`${name}: ${data.title}`);
      const { rows, queries, metric } = data;
      const truth = await exactTopK({ queries, rows, k: 10, metric });
      const built: { system: System; built: Built }[] = [];
      for (const system of await setup.systems()) {
        const index = await system.build(data);
        if (!index) continue;
        log(`  ${system.name}: built in ${figure(index.buildCpuSeconds)} CPU s`);
        built.push({ system, built: index });
      }
      const points = await sweep(
        built.map((entry) => ({ name: entry.system.name, built: entry.built })),
        { data, truth, rounds },
      );
      return {
        title: data.title,
        rows: rows.count,
        queries: queries.count,
        systems: built.map(({ system, built: index }) => ({
          name: system.name,
          package: system.package,
          buildCpuSeconds: index.buildCpuSeconds,
          builtEarlier: index.builtEarlier ?? false,
          memoryBytes: index.memoryBytes,
          fileBytes: index.fileBytes,
          points: points.get(system.name) ?? [],
        })),
      };
    },
    report: ({ title, rows, queries, systems }) => ({
      title,
      lines: [
        `${queries} queries, one thread, k = 10. Each cell: queries per CPU second (recall@10, setting) at the fastest setting that reaches the recall.`,
        '',
        ...markdownTable(
          ['system', ...levels.map((level) => `≥ ${level}`), 'build CPU s', 'bytes a vector', 'on disk'],
          systems.map((system) => [
            system.name,
            ...levels.map((level) => cell(fastestAt(system.points, level))),
            figure(system.buildCpuSeconds) + (system.builtEarlier ? ' (kept)' : ''),
            figure(system.memoryBytes && system.memoryBytes / rows),
            figure(system.fileBytes && system.fileBytes / rows),
          ]),
        ),
        ...(systems.some(({ builtEarlier }) => builtEarlier)
          ? ['', '(kept): built in an earlier run on this machine, its CPU time measured then.']
          : []),
      ],
      charts: [
        {
          name,
          svg: lineChart({
            title,
            x: { title: 'recall@10 against the exact scan', from: 0.8, to: 1 },
            y: { title: 'queries per CPU second', log: true },
            series: systems.map((system) => ({
              name: system.name.split(',')[0]!,
              points: frontier(system.points)
                .filter(({ recall }) => recall >= 0.8)
                .map(({ recall, qps, setting }) => ({ x: recall, y: qps, note: setting })),
            })),
          }),
        },
      ],
    }),
  };
}

function cell(point: Point | undefined): string {
  return point ? `${figure(point.qps)} (${point.recall.toFixed(3)}, ${point.setting})` : '–';
}

/** Points that no other beats in both. */
function frontier(points: readonly Point[]): Point[] {
  return points
    .filter(
      (point) => !points.some((other) => other !== point && other.recall >= point.recall && other.qps > point.qps),
    )
    .sort((a, b) => a.recall - b.recall);
}
