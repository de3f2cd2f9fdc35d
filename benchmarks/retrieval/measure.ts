import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { createGallery, createRng, createVectors, type Embedder, type Gallery } from '@nearkin/core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly against: string;
  readonly ratio: string;
}

export type Backend = 'cpu' | 'wasm';

export async function useBackend(name: Backend): Promise<void> {
  const resolve = createRequire(import.meta.url).resolve;
  setWasmPaths(`${dirname(resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend(name);
  await tf.ready();
}

/**
 * CPU milliseconds of jobs that take turns, one list a job; entry i of each list comes from round i. CPU time, because
 * other programs on the machine do not add to it; taking turns, so that what they do to the caches hits all jobs.
 *
 * @param options.warmUp rounds that are not counted; default 1
 */
export async function takeTurns(
  jobs: readonly (() => Promise<unknown> | unknown)[],
  { rounds, warmUp = 1 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<number[][]> {
  const times: number[][] = jobs.map(() => []);
  for (let round = -warmUp; round < rounds; round++)
    for (const [i, job] of jobs.entries()) {
      const start = cpuTime();
      await job();
      if (round >= 0) times[i]!.push(cpuTime() - start);
    }
  return times;
}

function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The median of `b[i] / a[i]`. */
export function pairedRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, i) => b[i]! / value));
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
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const commit = git('rev-parse', '--short=10', 'HEAD') + (git('status', '--porcelain', '-uno') ? ' with changes' : '');
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, tfjs ${tf.version_core}`;
  return [
    `${machine}; commit ${commit}. CPU time, medians of interleaved rounds; ratios are medians of the rounds' own ratios. On WASM unless the row says otherwise.`,
    '',
    '| what | nearkin | against | ratio |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ what, figure, against, ratio }) => `| ${what} | ${figure} | ${against} | ${ratio} |`),
  ].join('\n');
}
