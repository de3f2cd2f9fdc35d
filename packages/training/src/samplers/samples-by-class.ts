import { NearkinError } from '@nearkin/core';

/**
 * The samples of each class that has any, by label; in the order of the labels given.
 *
 * @throws {NearkinError} `UNKNOWN_LABEL` for a label that is no integer from 0
 */
export function samplesByClass(labels: Int32Array | readonly number[]): Int32Array[] {
  const lists = new Map<number, number[]>();
  for (let sample = 0; sample < labels.length; sample++) {
    const label = labels[sample]!;
    if (!Number.isSafeInteger(label) || label < 0)
      throw new NearkinError('UNKNOWN_LABEL', `Expected labels from 0, got ${label} of sample ${sample}.`, {
        details: { sample, label },
      });
    const list = lists.get(label);
    if (list) list.push(sample);
    else lists.set(label, [sample]);
  }
  return [...lists.entries()].sort(([a], [b]) => a - b).map(([, list]) => Int32Array.from(list));
}
