import { availableParallelism } from 'node:os';
import { createVectors, type Vectors } from '@nearkin/core';
import { evaluateRetrieval, type LabelledVectors } from '@nearkin/evaluation';
import { figure, markdownTable } from '../ann/report/markdown-table.js';
import { labelledClusters } from './labelled-clusters.js';
import { plainLoop } from './plain-loop.js';
import { openTfjsWasm } from './tfjs-wasm.js';

const rounds = 5;
/** Queries that each system answers in a round: enough for ours to pay for starting its workers, few for the slow ones. */
const queriesARound = { plain: 24, tfjsRows: 32, tfjsColumns: 512, ours: 12_288 };

type Name = keyof typeof queriesARound;

const titles: Record<Name, string> = {
  plain: 'plain JavaScript loop',
  tfjsRows: 'tfjs wasm, gallery as it is',
  tfjsColumns: 'tfjs wasm, gallery transposed beforehand',
  ours: 'evaluateRetrieval, two workers',
};

/**
 * Wall and CPU milliseconds a query of a plain loop, tfjs on wasm in two layouts, and `evaluateRetrieval` with two
 * workers (opening the scan and metrics included), in turns; with `all` every row as a query at once with ours.
 *
 * @returns Markdown
 */
export async function compareSpeed(size: { count: number; dim: number; k: number; all: boolean }): Promise<string> {
  const { count, dim, k, all } = size;
  const set = labelledClusters({ count, dim, perClass: 50, seed: 1 });
  const asRows = await openTfjsWasm(set.vectors, 'rows');
  const asColumns = await openTfjsWasm(set.vectors, 'columns');
  const systems: Record<Name, (asked: LabelledVectors) => Promise<Int32Array>> = {
    plain: async ({ vectors }) => plainLoop(vectors, set.vectors, k),
    tfjsRows: async ({ vectors }) => asRows.search(vectors, k),
    tfjsColumns: async ({ vectors }) => asColumns.search(vectors, k),
    ours: async (asked) => {
      const { neighbors } = await evaluate(asked, set, k);
      return Int32Array.from(neighbors!.flatMap(({ indices }) => indices));
    },
  };
  const names = Object.keys(systems) as Name[];
  const wall = new Map(names.map((name) => [name, [] as number[]]));
  const cpu = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    const start = (Math.max(0, round) * queriesARound.ours) % (count - queriesARound.ours);
    const found: Int32Array[] = [];
    for (const name of names) {
      const asked = slice(set, start, queriesARound[name]);
      const begin = performance.now();
      const used = process.cpuUsage();
      found.push(await systems[name](asked));
      const { user, system } = process.cpuUsage(used);
      // The first round warms up, and checks that all do the same.
      if (round < 0) continue;
      wall.get(name)!.push((performance.now() - begin) / queriesARound[name]);
      cpu.get(name)!.push((user + system) / 1000 / queriesARound[name]);
    }
    if (round < 0) checkSame(found);
  }
  asRows.dispose();
  asColumns.dispose();
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const n = count.toLocaleString('en');
  const times = (of: Map<Name, number[]>, name: Name) => figure(median(of.get(name)!) / median(of.get('ours')!));
  const lines = [
    `## ${n} rows of ${dim} numbers, k = ${k}`,
    '',
    `Milliseconds a query, medians of ${rounds} rounds in turns; ${availableParallelism()} cores.`,
    '',
    ...markdownTable(
      ['', 'wall', 'CPU', 'ours faster by wall', 'by CPU'],
      names.map((name) => [
        titles[name],
        figure(median(wall.get(name)!)),
        figure(median(cpu.get(name)!)),
        times(wall, name),
        times(cpu, name),
      ]),
    ),
  ];
  if (all) {
    const begin = performance.now();
    const { mean } = await evaluate(set, set, k);
    const seconds = (performance.now() - begin) / 1000;
    const precision = mean[`precision@${k}`]?.toFixed(4);
    lines.push('', `All ${n} queries with ours: ${seconds.toFixed(1)} s; precision@${k} ${precision}.`);
  }
  return lines.join('\n');
}

function evaluate(queries: LabelledVectors, gallery: LabelledVectors, k: number) {
  return evaluateRetrieval({
    queries,
    gallery,
    distance: 'dot',
    k: [1, k],
    atR: false,
    wholeList: false,
    engine: 'wasm',
    workers: 2,
    neighbors: k,
  });
}

function slice(set: LabelledVectors, start: number, count: number): LabelledVectors & { vectors: Vectors } {
  const { data, dim } = set.vectors;
  return {
    vectors: createVectors(data.subarray(start * dim, (start + count) * dim), dim),
    labels: Array.from(set.labels).slice(start, start + count),
  };
}

function checkSame([expected, ...others]: readonly Int32Array[]): void {
  for (const found of others) {
    const shared = Math.min(expected!.length, found.length);
    const same = expected!.subarray(0, shared).filter((row, i) => found[i] === row).length / shared;
    // Single precision may swap near ties.
    if (same < 0.99) throw new Error(`The systems agree on ${(100 * same).toFixed(1)} % of the rows only.`);
  }
}
