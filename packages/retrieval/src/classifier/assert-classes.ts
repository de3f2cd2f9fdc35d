import { NearkinError } from '@nearkin/core';

const minClasses = 2;

/**
 * A classifier of one class would call everything by its name; so none is built, and no edit leaves one.
 *
 * @throws {NearkinError} `TOO_FEW_CLASSES`
 */
export function assertClasses(classes: number): void {
  if (classes >= minClasses) return;
  throw new NearkinError(
    'TOO_FEW_CLASSES',
    `A classifier needs at least ${minClasses} classes, got ${classes}; add another album.`,
    { details: { expected: minClasses, received: classes } },
  );
}
