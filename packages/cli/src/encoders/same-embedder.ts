import { createPicture, createRng, type Embedder, NearkinError, type Picture } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';

const pictures = 8;
const side = 64;
const cells = 5;
/** The same model in another format correlates by 0.9 and more, another model by about 0. */
const leastCorrelation = 0.5;

/**
 * Checks that two embedders are one model in two formats, by what they make of some coloured noise: the vectors'
 * differences from picture to picture must agree.
 *
 * @throws {NearkinError} `DIMENSION_MISMATCH`, `MODEL_MISMATCH`
 */
export async function assertSameEmbedder(
  expected: Embedder<ImageInput>,
  received: Embedder<ImageInput>,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  if (expected.id === received.id) return;
  if (expected.dim !== received.dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `The classifier was built on ${expected.dim}-d embeddings, the base model gives ${received.dim}; give the .tflite of the same embedder, or name its tensor with --layer.`,
      { details: { expected: expected.dim, received: received.dim } },
    );
  const batch = Array.from({ length: pictures }, (_, i) => colouredNoise(i + 1));
  const [a, b] = [await expected.embed(batch, { signal }), await received.embed(batch, { signal })];
  const similarity = correlation(centred(a.data, a.dim), centred(b.data, b.dim));
  // A NaN must fail too.
  if (similarity >= leastCorrelation) return;
  throw new NearkinError(
    'MODEL_MISMATCH',
    `The classifier was built on ${expected.id}; the base model gives other vectors for the same pictures (correlation ${similarity.toFixed(2)}), so its rows would mean nothing there. Give the .tflite of the same embedder.`,
    { details: { expected: expected.id, received: received.id, correlation: similarity } },
  );
}

/** A few random colours, blended smoothly: nothing in particular, but something for every filter. */
function colouredNoise(seed: number): Picture {
  const rng = createRng(seed);
  const grid = Uint8Array.from({ length: (cells + 1) ** 2 * 3 }, () => rng.integer(256));
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let k = 0; k < 3; k++) {
        const [u, v] = [(x * cells) / side, (y * cells) / side];
        const [column, row] = [Math.floor(u), Math.floor(v)];
        const at = (dx: number, dy: number) => grid[((row + dy) * (cells + 1) + column + dx) * 3 + k]!;
        const top = at(0, 0) + (at(1, 0) - at(0, 0)) * (u - column);
        const bottom = at(0, 1) + (at(1, 1) - at(0, 1)) * (u - column);
        data[(y * side + x) * 3 + k] = Math.round(top + (bottom - top) * (v - row));
      }
  return createPicture({ data, width: side, height: side, channels: 3 });
}

/** Without the mean vector: what all pictures have in common says nothing. */
function centred(data: Float32Array, dim: number): Float64Array {
  const count = data.length / dim;
  const mean = new Float64Array(dim);
  data.forEach((value, i) => {
    mean[i % dim]! += value / count;
  });
  return Float64Array.from(data, (value, i) => value - mean[i % dim]!);
}

function correlation(a: Float64Array, b: Float64Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
}
