import { NearkinError } from '@nearkin/core';

/** @throws {NearkinError} `INVALID_ARGUMENT` */
export function assertPositiveInteger(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} to be an integer of at least 1, got ${value}.`, {
    details: { [name]: value },
  });
}
