import { createRng } from '@nearkin/core';
import { mixSeed } from './mix-seed.js';

/**
 * The samples of a class in one epoch. From epoch to epoch it walks through the class in random order, a group of
 * `samplesPerClass` at a time; those that do not make a whole group wait for the next round. A class with fewer gives all
 * of them, repeated as evenly as can be.
 */
export function drawFromClass(
  samples: Int32Array,
  options: {
    /** Of the class. */
    readonly number: number;
    readonly epoch: number;
    readonly samplesPerClass: number;
    readonly seed: number;
  },
): number[] {
  const { number, epoch, samplesPerClass, seed } = options;
  const groups = Math.max(1, Math.floor(samples.length / samplesPerClass));
  const round = Math.floor(epoch / groups);
  const order = createRng(mixSeed(mixSeed(seed, round), number + 1)).shuffle(Array.from(samples));
  const start = (epoch % groups) * samplesPerClass;
  return Array.from({ length: samplesPerClass }, (_, i) => order[(start + i) % order.length]!);
}
