import { NearkinError } from '@nearkin/core';

const minClasses = 2;

/** @throws {NearkinError} `TOO_FEW_CLASSES` */
export function assertClasses(classes: number): void {
  if (classes < minClasses)
    throw new NearkinError(
      'TOO_FEW_CLASSES',
      `A classifier needs at least ${minClasses} classes, got ${classes}; add another album.`,
      {
        details: { expected: minClasses, received: classes },
      },
    );
}

/** @throws {NearkinError} `INVALID_ARGUMENT` */
export function assertPositive(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} to be a whole number of at least 1, got ${value}.`);
}
