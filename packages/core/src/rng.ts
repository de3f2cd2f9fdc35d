import { NearkinError } from './nearkin-error.js';

/** A seeded source of random numbers: the same seed gives the same numbers on every host. */
export interface Rng {
  /** The next 32 random bits, 0 to 2^32 - 1. */
  uint32(): number;
  /** Uniform in [0, 1), 53 random bits. */
  uniform(): number;
  /** Uniform integer in [0, bound), without bias. @throws {NearkinError} `INVALID_ARGUMENT` unless 1 <= bound <= 2^32 */
  integer(bound: number): number;
  /** Standard normal deviate (polar method). */
  normal(): number;
  /** Shuffles in place (Fisher-Yates) and returns the array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(list: T): T;
  /** `count` different integers from [0, bound), in random order. */
  sample(bound: number, count: number): number[];
}

/**
 * Makes a generator from an integer seed: sfc32 (Chris Doty-Humphrey's "small fast counting" generator, PractRand),
 * its state filled by splitmix32 and warmed up.
 *
 * @param seed any safe integer; the low 53 bits count
 * @example
 * createRng(7).uint32() === createRng(7).uint32() // true
 */
export function createRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed))
    throw new NearkinError('INVALID_ARGUMENT', `Expected an integer seed, got ${seed}.`, { details: { seed } });
  let mix = seed | 0;
  const splitmix32 = () => {
    mix = (mix + 0x9e3779b9) | 0;
    let t = mix ^ (mix >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return (t ^ (t >>> 15)) | 0;
  };
  let a = splitmix32() ^ Math.floor(seed / 2 ** 32);
  let b = splitmix32();
  let c = splitmix32();
  let counter = 1;
  let spare: number | undefined;

  const uint32 = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) uint32();

  const uniform = () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
  const integer = (bound: number) => {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32)
      throw new NearkinError('INVALID_ARGUMENT', `Expected a bound from 1 to 2^32, got ${bound}.`, {
        details: { bound },
      });
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const value = uint32();
      if (value < limit) return value % bound;
    }
  };
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const r = x * x + y * y;
      if (r === 0 || r >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(r)) / r);
      spare = y * scale;
      return x * scale;
    }
  };
  const shuffle = <T extends { length: number; [index: number]: unknown }>(list: T): T => {
    for (let i = list.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      const kept = list[i];
      list[i] = list[j];
      list[j] = kept;
    }
    return list;
  };
  const sample = (bound: number, count: number) => {
    if (!Number.isInteger(count) || count < 0 || count > bound)
      throw new NearkinError('INVALID_ARGUMENT', `Expected 0 to ${bound} values to draw, got ${count}.`, {
        details: { bound, count },
      });
    // Floyd's algorithm: O(count) memory however large the bound.
    const chosen = new Set<number>();
    for (let top = bound - count; top < bound; top++) {
      const value = integer(top + 1);
      chosen.add(chosen.has(value) ? top : value);
    }
    return shuffle([...chosen]);
  };
  return Object.freeze({ uint32, uniform, integer, normal, shuffle, sample });
}
