import { NearkinError } from '@nearkin/core';

/**
 * The label file of TFLite: one label a line, in the order of the scores.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for a label that is empty or has a line break in it
 */
export function labelLines(labels: readonly string[]): Uint8Array {
  const unfit = labels.find((label) => label === '' || /[\r\n]/.test(label));
  if (unfit !== undefined)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `A label file has one label a line and cannot hold ${JSON.stringify(unfit)}; rename the class first.`,
      { details: { label: unfit } },
    );
  return new TextEncoder().encode(labels.join('\n'));
}
