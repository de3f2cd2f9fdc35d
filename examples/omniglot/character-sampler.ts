import { createRng } from '@nearkin/core';
import type { Sampler } from '@nearkin/training';
import { drawers } from './drawings.js';

/**
 * Batches of different characters, each in one quarter turn drawn by chance, so that no batch holds a character against
 * its own turned self (an O is none the other for being turned). Every character comes once an epoch, but for the few
 * that do not fill a batch.
 *
 * @param options.ways characters a batch
 * @param options.each drawings of each
 */
export function characterSampler(
  characters: number,
  options: { readonly ways: number; readonly each: number; readonly seed: number },
): Sampler {
  const { ways, each, seed } = options;
  const batchesPerEpoch = Math.floor(characters / ways);
  return {
    name: 'characters',
    batchSize: ways * each,
    batchesPerEpoch,
    *epoch(epoch) {
      const rng = createRng(seed * 1_000_003 + epoch);
      const order = rng.shuffle(Array.from({ length: characters }, (_, character) => character));
      for (let from = 0; from + ways <= characters; from += ways)
        yield order.slice(from, from + ways).flatMap((character) => {
          const turn = rng.integer(4);
          return rng.sample(drawers, each).map((drawer) => 4 * (character * drawers + drawer) + turn);
        });
    },
  };
}
