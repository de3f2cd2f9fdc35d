import { createRng, type JobOptions, selectRows, throwIfAborted, type Vectors } from '@nearkin/core';
import type { Kernels } from '@nearkin/kernels';
import { copyPadded } from './encode-rows.js';

const iterations = 12;
/** Sampled rows for each partition. */
const samplesPerPartition = 64;
const minSamples = 32_768;

export interface TrainPartitionsOptions extends JobOptions {
  readonly partitions: number;
  readonly seed: number;
  /** Share rows out by direction: the centroids of each round are scaled to unit length. */
  readonly spherical: boolean;
}

/** Rows to train on, drawn without repeats, in rising order. */
export function sampleRows(vectors: Vectors, { count, seed }: { count: number; seed: number }): Vectors {
  if (count >= vectors.count) return vectors;
  return selectRows(
    vectors,
    createRng(seed)
      .sample(vectors.count, count)
      .sort((a, b) => a - b),
  );
}

/**
 * k-means by Lloyd's rounds from randomly drawn rows; a partition that ends up empty restarts at a drawn row.
 *
 * @returns centroids `[partitions, stride4]`: means of their rows (also when shared out by direction)
 */
export function trainPartitions(kernels: Kernels, vectors: Vectors, options: TrainPartitionsOptions): Float32Array {
  const { partitions, seed, spherical, signal, onProgress } = options;
  const { memory } = kernels;
  const sample = sampleRows(vectors, { count: Math.max(minSamples, samplesPerPartition * partitions), seed });
  const rng = createRng(seed + 1);
  const stride = Math.ceil(sample.dim / 4) * 4;
  const n = sample.count;
  const k8 = Math.ceil(partitions / 8) * 8;
  const at = {
    x: memory.allocate(4 * stride * (n + 4)),
    panels: memory.allocate(4 * stride * k8),
    bias: memory.allocate(4 * k8),
    out: memory.allocate(4 * n),
    scores: memory.allocate(4 * n),
    scratch: memory.allocate(8192),
  };
  const rowAt = (row: number) => memory.f32(at.x + 4 * stride * row, stride);
  try {
    copyPadded({ kernels, stride }, sample, { first: 0, n, to: at.x });
    let centroids = new Float64Array(partitions * stride);
    rng.sample(n, Math.min(n, partitions)).forEach((row, p) => {
      centroids.set(rowAt(row), p * stride);
    });
    for (let round = 0; round < iterations; round++) {
      throwIfAborted(signal);
      layPanels(memory.f32(at.panels, stride * k8), memory.f32(at.bias, k8), {
        centroids,
        stride,
        partitions,
        spherical,
      });
      kernels.assign(at.x, n, stride, at.panels, at.bias, k8, at.out, at.scores, at.scratch);
      const assigned = memory.u32(at.out, n);
      const x = memory.f32(at.x, n * stride);
      const sums = new Float64Array(partitions * stride);
      const counts = new Uint32Array(partitions);
      for (let row = 0; row < n; row++) {
        const p = assigned[row]!;
        counts[p]!++;
        for (let j = 0, s = p * stride, r = row * stride; j < stride; j++) sums[s + j] = sums[s + j]! + x[r + j]!;
      }
      for (let p = 0; p < partitions; p++) {
        if (counts[p] === 0) sums.set(rowAt(rng.integer(n)), p * stride);
        else for (let j = p * stride; j < (p + 1) * stride; j++) sums[j] = sums[j]! / counts[p]!;
      }
      centroids = sums;
      onProgress?.({ done: round + 1, total: iterations, phase: 'partition' });
    }
    return Float32Array.from(centroids);
  } finally {
    for (const offset of Object.values(at)) memory.free(offset);
  }
}

interface Panels {
  readonly centroids: Float64Array;
  readonly stride: number;
  readonly partitions: number;
  readonly spherical: boolean;
}

function layPanels(
  panels: Float32Array,
  bias: Float32Array,
  { centroids, stride, partitions, spherical }: Panels,
): void {
  panels.fill(0);
  bias.fill(-3e38);
  for (let p = 0; p < partitions; p++) {
    let squares = 0;
    for (let j = 0; j < stride; j++) squares += centroids[p * stride + j]! ** 2;
    const scale = spherical && squares > 0 ? 1 / Math.sqrt(squares) : 1;
    for (let j = 0; j < stride; j++)
      panels[(p >> 3) * 8 * stride + 8 * j + (p & 7)] = centroids[p * stride + j]! * scale;
    bias[p] = spherical ? 0 : -squares / 2;
  }
}
