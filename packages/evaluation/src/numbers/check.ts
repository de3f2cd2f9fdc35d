import { NearkinError } from '@nearkin/core';

/** What metrics read: plain or typed arrays. */
export type Numbers = ArrayLike<number>;

/** @throws {NearkinError} `INVALID_ARGUMENT` unless both lists have the same length */
export function assertSameLength(names: readonly [string, string], a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  if (a.length === b.length) return;
  throw new NearkinError(
    'INVALID_ARGUMENT',
    `Expected ${names[0]} and ${names[1]} of the same length, got ${a.length} and ${b.length}.`,
    { details: { [names[0]]: a.length, [names[1]]: b.length } },
  );
}

/** @throws {NearkinError} `NON_FINITE` naming the list and the first bad place */
export function assertFiniteNumbers(name: string, values: Numbers): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new NearkinError('NON_FINITE', `Expected finite numbers in ${name}, got ${values[i]} at index ${i}.`, {
      details: { name, index: i },
    });
  }
}

/** @throws {NearkinError} `INVALID_ARGUMENT` unless the value is an integer of at least `least` */
export function assertCount(name: string, value: number, least = 1): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} to be an integer of at least ${least}, got ${value}.`, {
    details: { [name]: value },
  });
}

/** @throws {NearkinError} `INVALID_ARGUMENT` unless 0 <= value <= 1 */
export function assertShare(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} to be a share from 0 to 1, got ${value}.`, {
    details: { [name]: value },
  });
}
