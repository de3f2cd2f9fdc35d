import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { createGallery, createRng, createVectors, type Embedder, type Gallery } from '@nearkin/core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly against: string;
  readonly ratio: string;
}

export async function useWasm(): Promise<void> {
  const resolve = createRequire(import.meta.url).resolve;
  setWasmPaths(`${dirname(resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
  await tf.ready();
}

/** Medians in milliseconds of jobs that take turns, so that a busy moment hits all of them; one round to warm up. */
export async function interleaved(
  jobs: readonly (() => Promise<unknown> | unknown)[],
  rounds: number,
): Promise<number[]> {
  const times: number[][] = jobs.map(() => []);
  for (let round = -1; round < rounds; round++)
    for (const [i, job] of jobs.entries()) {
      const start = performance.now();
      await job();
      if (round >= 0) times[i]!.push(performance.now() - start);
    }
  return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!);
}

/** Random rows, `rows / classes` to each label. */
export function randomGallery(options: { rows: number; classes: number; dim: number; modelId?: string }): Gallery {
  const { rows, classes, dim, modelId } = options;
  const rng = createRng(1);
  return createGallery({
    vectors: createVectors(
      Float32Array.from({ length: rows * dim }, () => rng.uniform() - 0.5),
      dim,
    ),
    ids: Array.from({ length: rows }, (_, row) => String(row)),
    labels: Array.from({ length: rows }, (_, row) => `class ${row % classes}`),
    modelId,
  });
}

/** For galleries whose vectors are at hand. */
export function noEmbedder(dim: number): Embedder<never> {
  return { id: 'none', dim, embed: () => Promise.reject(new RangeError('nothing to embed')), dispose() {} };
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`;
}

export function times(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} x`;
}

export function table(rows: readonly Row[]): string {
  const commit = execFileSync('git', ['rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, tfjs ${tf.version_core} on WASM`;
  return [
    `${machine}; commit ${commit}; medians of interleaved rounds.`,
    '',
    '| what | nearkin | against | ratio |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ what, figure, against, ratio }) => `| ${what} | ${figure} | ${against} | ${ratio} |`),
  ].join('\n');
}
