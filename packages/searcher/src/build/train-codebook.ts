import { createRng, type JobOptions, throwIfAborted, type Vectors } from '@nearkin/core';
import type { Kernels } from '@nearkin/kernels';
import { sampleRows } from './train-partitions.js';

/** ScaNN: training_iterations of score_ah. */
const iterations = 10;
/** Sampled rows: plenty for each codeword. */
const maxSamples = { 16: 16_384, 256: 32_768 };

export interface TrainCodebookOptions extends JobOptions {
  readonly blocks: number;
  readonly width: number;
  readonly codewords: 16 | 256;
  readonly seed: number;
  /** What is taken from row i of the sample before coding, or nothing. */
  readonly centroids?: Float32Array | undefined;
  readonly assign?: ((sample: Vectors) => Uint32Array) | undefined;
}

/**
 * One codebook a block, each by k-means over that block of sampled rows (or of their differences to centroids).
 *
 * @returns `[blocks, codewords, width]`; dimensions beyond the row are zero
 */
export function trainCodebook(kernels: Kernels, vectors: Vectors, options: TrainCodebookOptions): Float32Array {
  const { blocks, width, codewords, seed, centroids } = options;
  const { memory } = kernels;
  const sample = sampleRows(vectors, { count: maxSamples[codewords], seed: seed + 2 });
  const n = sample.count;
  const { dim } = sample;
  const centroidStride = Math.ceil(dim / 4) * 4;
  const assigned = options.assign?.(sample);
  const rng = createRng(seed + 3);
  const codebook = new Float32Array(blocks * codewords * width);
  const at = {
    x: memory.allocate(4 * width * n + 64),
    book: memory.allocate(4 * codewords * width),
    out: memory.allocate(n),
    scratch: memory.allocate(4 * codewords),
  };
  try {
    for (let m = 0; m < blocks; m++) {
      throwIfAborted(options.signal);
      const x = memory.f32(at.x, width * n).fill(0);
      for (let row = 0; row < n; row++)
        for (let t = 0; t < width && m * width + t < dim; t++) {
          const j = m * width + t;
          const centroid = assigned && centroids ? centroids[assigned[row]! * centroidStride + j]! : 0;
          x[row * width + t] = sample.data[row * dim + j]! - centroid;
        }
      const words = new Float64Array(codewords * width);
      rng.sample(n, Math.min(n, codewords)).forEach((row, w) => {
        words.set(x.subarray(row * width, (row + 1) * width), w * width);
      });
      for (let round = 0; round < iterations; round++) {
        transposeInto(memory.f32(at.book, codewords * width), words, { codewords, width });
        kernels.nearestCodes(at.x, n, width, width, at.book, codewords, at.out, 1, at.scratch);
        recentre(words, { x, codes: memory.u8(at.out, n), width, codewords, restart: () => rng.integer(n) });
      }
      codebook.set(words, m * codewords * width);
      options.onProgress?.({ done: m + 1, total: blocks, phase: 'codebook' });
    }
  } finally {
    for (const offset of Object.values(at)) memory.free(offset);
  }
  return codebook;
}

function transposeInto(
  out: Float32Array,
  words: Float64Array,
  { codewords, width }: { codewords: number; width: number },
): void {
  for (let w = 0; w < codewords; w++) for (let t = 0; t < width; t++) out[t * codewords + w] = words[w * width + t]!;
}

interface Points {
  readonly x: Float32Array;
  readonly codes: Uint8Array;
  readonly width: number;
  readonly codewords: number;
  restart(): number;
}

/** Means of the points of each codeword; an unused codeword restarts at a drawn point. */
function recentre(words: Float64Array, { x, codes, width, codewords, restart }: Points): void {
  const counts = new Uint32Array(codewords);
  words.fill(0);
  for (let row = 0; row < codes.length; row++) {
    const w = codes[row]!;
    counts[w]!++;
    for (let t = 0; t < width; t++) words[w * width + t] = words[w * width + t]! + x[row * width + t]!;
  }
  for (let w = 0; w < codewords; w++) {
    if (counts[w] === 0) {
      const row = restart();
      for (let t = 0; t < width; t++) words[w * width + t] = x[row * width + t]!;
    } else for (let t = 0; t < width; t++) words[w * width + t] = words[w * width + t]! / counts[w]!;
  }
}
