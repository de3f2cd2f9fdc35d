import { descriptorBytes, type Kernels, type SearchDescriptor, writeDescriptor } from '@nearkin/kernels';
import type { IndexHeader } from './index-header.js';
import { createPartitionStore, type PartitionStore } from './partition-store.js';
import { createRowTable, type RowTable } from './row-table.js';
import { codeBlocks } from './section-layout.js';

/** Everything an index holds. The header's `count` is not kept: the rows know it. */
export interface IndexState {
  header: IndexHeader;
  readonly kernels: Kernels;
  readonly store: PartitionStore;
  readonly rows: RowTable;
  /** Sizes of padded rows, in numbers: float32, int8, bf16. */
  readonly stride: number;
  readonly strideI8: number;
  readonly strideBf16: number;
  readonly blocks: number;
  readonly width: number;
  /** Offsets in the kernels' memory; 0 where the kind has none. */
  centroids: number;
  centroidBias: number;
  /** Centroids less their mean in 16 bits, and that mean: what queries rank partitions by. */
  centroidCodes: number;
  centroidMean: number;
  centroidUnit: number;
  /** Row-major centroids as panels of 8 and their -|c|^2 / 2, for {@link encodeRows}. */
  panels: number;
  panelBias: number;
  readonly codebook: number;
  readonly descriptor: number;
  /** Squared code error of rows added after the build: sum and number. */
  addedError: { sum: number; rows: number };
}

export const codewordsOf = (header: IndexHeader) => (header.codes === 'pq4' ? 16 : 256);

const up = (n: number, step: number) => Math.ceil(n / step) * step;

/** Centroids are `[partitions, stride4]`, the codebook `[blocks, codewords, width]`. */
export function createIndexState(
  kernels: Kernels,
  header: IndexHeader,
  trained: { readonly centroids?: Float32Array | undefined; readonly codebook?: Float32Array | undefined },
): IndexState {
  const { memory } = kernels;
  const hasCodes = header.codes === 'pq4' || header.codes === 'pq8';
  const state: IndexState = {
    header,
    kernels,
    store: createPartitionStore(kernels, header),
    rows: createRowTable(),
    stride: up(header.dim, 4),
    strideI8: up(header.dim, 16),
    strideBf16: up(header.dim, 8),
    blocks: hasCodes ? codeBlocks(header) : 0,
    width: hasCodes ? (header.dimensionsPerBlock ?? 1) : 0,
    centroids: 0,
    centroidBias: 0,
    centroidCodes: 0,
    centroidMean: 0,
    centroidUnit: 0,
    panels: 0,
    panelBias: 0,
    codebook: 0,
    descriptor: memory.allocate(descriptorBytes),
    addedError: { sum: 0, rows: 0 },
  };
  if (hasCodes) {
    const { blocks, width } = state;
    const words = codewordsOf(header);
    const offset = memory.allocate(4 * blocks * words * width);
    const transposed = memory.f32(offset, blocks * words * width);
    for (let m = 0; m < blocks; m++)
      for (let j = 0; j < words; j++)
        for (let t = 0; t < width; t++)
          transposed[(m * width + t) * words + j] = trained.codebook![(m * words + j) * width + t]!;
    Object.assign(state, { codebook: offset });
  }
  if (trained.centroids) setCentroids(state, trained.centroids);
  describeIndex(state);
  return state;
}

/** Puts centroids in place, in the forms that queries and assignments read. */
export function setCentroids(state: IndexState, centroids: Float32Array): void {
  const { stride, header } = state;
  const { memory } = state.kernels;
  const k = header.partitions;
  const k8 = up(k, 8);
  for (const offset of [state.centroids, state.centroidBias, state.panels, state.panelBias]) memory.free(offset);
  for (const offset of [state.centroidCodes, state.centroidMean]) memory.free(offset);
  state.centroids = memory.allocate(4 * stride * (k + 8));
  state.centroidBias = memory.allocate(4 * (k + 8));
  state.panels = memory.allocate(4 * stride * k8);
  state.panelBias = memory.allocate(4 * k8);
  memory.f32(state.centroids, k * stride).set(centroids);
  const panels = memory.f32(state.panels, k8 * stride).fill(0);
  const bias = memory.f32(state.panelBias, k8).fill(-3e38);
  for (let p = 0; p < k; p++) {
    let squares = 0;
    for (let j = 0; j < stride; j++) {
      const value = centroids[p * stride + j]!;
      squares += value * value;
      panels[(p >> 3) * 8 * stride + 8 * j + (p & 7)] = value;
    }
    bias[p] = -squares / 2;
  }
  codeCentroids(state, centroids);
  rankPartitions(state);
}

/** Length of the longest coded centroid: with a query of 32,000 no sum of products leaves 32 bits. */
const codedLength = 65_000;

/** Puts the 16-bit form in place. Relative to the mean, so that data far from zero loses nothing. */
function codeCentroids(state: IndexState, centroids: Float32Array): void {
  const { stride, header } = state;
  const { memory } = state.kernels;
  const { partitions } = header;
  const strideI16 = up(stride, 8);
  state.centroidCodes = memory.allocate(2 * strideI16 * (partitions + 4));
  state.centroidMean = memory.allocate(4 * stride);
  const sums = new Float64Array(stride);
  for (let p = 0; p < partitions; p++) for (let j = 0; j < stride; j++) sums[j] = sums[j]! + centroids[p * stride + j]!;
  const mean = Float32Array.from(sums, (sum) => sum / partitions);
  let largest = 0;
  let longest = 0;
  for (let p = 0; p < partitions; p++) {
    let squares = 0;
    for (let j = 0; j < stride; j++) {
      const value = centroids[p * stride + j]! - mean[j]!;
      largest = Math.max(largest, Math.abs(value));
      squares += value * value;
    }
    longest = Math.max(longest, Math.sqrt(squares));
  }
  const scale = largest > 0 ? Math.min(32_767 / largest, codedLength / longest) : 0;
  const codes = memory.i16(state.centroidCodes, strideI16 * (partitions + 4)).fill(0);
  for (let p = 0; p < partitions; p++)
    for (let j = 0; j < stride; j++)
      codes[p * strideI16 + j] = Math.round((centroids[p * stride + j]! - mean[j]!) * scale);
  memory.f32(state.centroidMean, stride).set(mean);
  state.centroidUnit = scale > 0 ? 1 / scale : 0;
}

/** Empty partitions are never chosen; under squaredL2 a centroid's length counts. */
export function rankPartitions(state: IndexState): void {
  if (state.centroids === 0) return;
  const { memory } = state.kernels;
  const { partitions, metric } = state.header;
  const bias = memory.f32(state.centroidBias, partitions);
  const panelBias = memory.f32(state.panelBias, partitions);
  for (let p = 0; p < partitions; p++) {
    if (state.store.count(p) === 0) bias[p] = Number.NEGATIVE_INFINITY;
    else bias[p] = metric === 'squaredL2' ? panelBias[p]! : 0;
  }
}

/** Tells the kernels where everything is. */
export function describeIndex(state: IndexState): void {
  writeDescriptor(state.kernels.memory, state.descriptor, describe(state));
}

/** An index as the kernels see it. */
export function describe(state: IndexState): SearchDescriptor {
  const { header } = state;
  return {
    stride: state.stride,
    partitions: header.partitions,
    blocks: state.blocks,
    width: state.width,
    codes: ({ float32: 0, int8: 1, pq4: 2, pq8: 3 } as const)[header.codes],
    reorder: ({ none: 0, int8: 1, bf16: 2, float32: 3 } as const)[header.reorder],
    squared: header.metric === 'squaredL2',
    residual: header.residual === true,
    centroids: state.centroids,
    centroidBias: state.centroidBias,
    codebook: state.codebook,
    table: state.store.table,
    strideI8: state.strideI8,
    strideBf16: state.strideBf16,
    biasUnit: header.codes === 'pq4' && header.metric === 'squaredL2' ? (header.biasUnit ?? 0) : 0,
    biasBase: header.biasBase ?? 0,
    centroidCodes: state.centroidCodes,
    centroidMean: state.centroidMean,
    centroidUnit: state.centroidUnit,
    strideI16: up(state.stride, 8),
  };
}
