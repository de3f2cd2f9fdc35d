import { NearkinError } from '@nearkin/core';

/**
 * Numbers classes in the order in which they first appear.
 *
 * @throws {NearkinError} `EMPTY_GALLERY` for no samples; `UNKNOWN_LABEL` for one without a label
 */
export function numberLabels(names: readonly string[]): {
  readonly labels: Int32Array;
  readonly labelNames: readonly string[];
} {
  if (names.length === 0)
    throw new NearkinError('EMPTY_GALLERY', 'Expected at least one sample to train on, got none.');
  const numbers = new Map<string, number>();
  const labels = Int32Array.from(names, (name, sample) => {
    if (name === '')
      throw new NearkinError('UNKNOWN_LABEL', `Sample ${sample} has no label; training needs one for every sample.`, {
        details: { sample },
      });
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  });
  return { labels, labelNames: Object.freeze([...numbers.keys()]) };
}
