import { availableParallelism } from 'node:os';
import { createVectors, type Vectors } from '@nearkin/core';
import { evaluateRetrieval, type LabelledVectors } from '@nearkin/evaluation';
import { labelledClusters } from './labelled-clusters.js';
import { plainLoop } from './plain-loop.js';
import { openTfjsWasm } from './tfjs-wasm.js';

const rounds = 5;
/** Queries that each system answers in a round: enough for ours to pay for starting its workers, few for the loop. */
const queriesARound = { plain: 24, tfjs: 256, ours: 4096 };

/**
 * Milliseconds a query of a plain loop, tfjs on wasm, and `evaluateRetrieval` (metrics included), in turns; then all
 * queries at once with ours.
 */
export async function compareSpeed(size: { count: number; dim: number; k: number }): Promise<void> {
  const { count, dim, k } = size;
  const set = labelledClusters({ count, dim, perClass: 50, seed: 1 });
  const tfjs = await openTfjsWasm(set.vectors);
  const times = { plain: [] as number[], tfjs: [] as number[], ours: [] as number[] };
  for (let round = -1; round < rounds; round++) {
    const start = (Math.max(0, round) * queriesARound.ours) % (count - queriesARound.ours);
    let begin = performance.now();
    const plain = plainLoop(slice(set, start, queriesARound.plain).vectors, set.vectors, k);
    const plainTime = (performance.now() - begin) / queriesARound.plain;
    begin = performance.now();
    const tensors = tfjs.search(slice(set, start, queriesARound.tfjs).vectors, k);
    const tfjsTime = (performance.now() - begin) / queriesARound.tfjs;
    begin = performance.now();
    const ours = await evaluate(slice(set, start, queriesARound.ours), set, k);
    const oursTime = (performance.now() - begin) / queriesARound.ours;
    // The first round warms up, and checks that all three do the same.
    if (round < 0) checkSame(plain, [tensors, Int32Array.from(ours.neighbors!.flatMap(({ indices }) => indices))]);
    else {
      times.plain.push(plainTime);
      times.tfjs.push(tfjsTime);
      times.ours.push(oursTime);
    }
  }
  tfjs.dispose();
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const n = count.toLocaleString('en');
  console.log(`${n} x ${n} x ${dim}, k = ${k}, ${availableParallelism()} cores, median of ${rounds} rounds in turns`);
  for (const [name, values] of Object.entries(times))
    console.log(
      `  ${name.padEnd(6)}${median(values).toFixed(3).padStart(9)} ms a query   ours is ${(median(values) / median(times.ours)).toFixed(1)} x as fast`,
    );
  const begin = performance.now();
  const { mean } = await evaluate(set, set, k);
  console.log(
    `  all ${n} queries with ours: ${((performance.now() - begin) / 1000).toFixed(1)} s; precision@${k} ${mean[`precision@${k}`]?.toFixed(4)}`,
  );
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

function checkSame(expected: Int32Array, others: readonly Int32Array[]): void {
  for (const found of others) {
    const same = expected.filter((row, i) => found[i] === row).length / expected.length;
    // Single precision may swap near ties.
    if (same < 0.99) throw new Error(`The systems agree on ${(100 * same).toFixed(1)} % of the rows only.`);
  }
}
