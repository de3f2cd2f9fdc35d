import { createRng } from '@nearkin/core';

/** What chance is drawn for: each use has numbers of its own. */
const uses = { batch: 1, forward: 2, loss: 3 } as const;

/**
 * A seed for one use in one step. Steps do not share a generator, so that a resumed run needs none of its past.
 *
 * @returns an integer of 53 bits
 */
export function stepSeed(seed: number, step: number, use: keyof typeof uses): number {
  // The seed's place on the circle of 53-bit numbers is random, its steps go on from there: runs of two seeds do not meet.
  const start = draw(seed);
  return draw((start + step * 4 + uses[use]) % 2 ** 53);
}

function draw(seed: number): number {
  const rng = createRng(seed);
  return (rng.uint32() >>> 11) * 2 ** 32 + rng.uint32();
}
