import { fill, memory, type Tensor, type TensorContainer, tidy } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { startBackend } from './start-backend.js';

/** Numbers from -1 to 1, the same for the same seed. */
export function noise(size: number, seed: number): Float32Array {
  let state = seed * 7919 + 17;
  return Float32Array.from({ length: size }, () => {
    state = (state * 16807) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

/**
 * Runs the same computation on cpu and on wasm, there twice and with memory full of junk, and expects the same numbers to
 * 1e-5 of the largest one, the same shapes, and no tensors left over.
 */
export async function expectSame(compute: () => readonly Tensor[]): Promise<void> {
  await startBackend('cpu');
  const wanted = read(compute);
  await startBackend('wasm');
  for (let turn = 0; turn < 2; turn++) {
    soil();
    const before = memory().numTensors;
    const got = read(compute);
    expect(memory().numTensors).toBe(before);
    expect(got.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
      wanted.map(({ shape, dtype }) => ({ shape, dtype })),
    );
    for (const [i, { values }] of wanted.entries()) expect(distance(values, got[i]!.values)).toBeLessThan(1e-5);
  }
}

function read(compute: () => readonly Tensor[]) {
  const found: { shape: number[]; dtype: string; values: ArrayLike<number> }[] = [];
  tidy(() => {
    for (const tensor of compute()) found.push({ shape: tensor.shape, dtype: tensor.dtype, values: tensor.dataSync() });
    return [] as TensorContainer;
  });
  return found;
}

/** The largest difference, as a share of the largest number. A NaN is infinitely far from anything but a NaN. */
function distance(wanted: ArrayLike<number>, got: ArrayLike<number>): number {
  let size = 1e-3;
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    if (Object.is(wanted[i]!, got[i]!)) continue;
    size = Math.max(size, Math.abs(wanted[i]!));
    const difference = Math.abs(wanted[i]! - got[i]!);
    worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return worst / size;
}

/** Fills freed memory of many sizes with large numbers, so that kernels which rely on zeros are found out. */
function soil(): void {
  tidy(() => {
    for (let size = 16; size <= 1 << 18; size *= 2) for (let i = 0; i < 4; i++) fill([size], 12345);
    return [] as TensorContainer;
  });
}
