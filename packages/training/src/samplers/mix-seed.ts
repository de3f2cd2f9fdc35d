/**
 * A seed of its own for each part of a job, such as each epoch: close numbers give unlike streams.
 *
 * @param part an integer from 0
 */
export function mixSeed(seed: number, part: number): number {
  let h = Math.imul((seed | 0) ^ Math.imul(Math.floor(seed / 2 ** 32) | 0, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15) ^ Math.imul(part + 1, 0xc2b2ae35), 0x27d4eb2f);
  return (h ^ (h >>> 16)) >>> 0;
}
