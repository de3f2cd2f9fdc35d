import { NearkinError } from '@nearkin/core';
import type { LabelledRows } from './labelled-rows.js';

/**
 * Ids for new rows: the given ones, checked, or `label#1`, `label#2`, … as far as they are free.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for another number of ids than rows, `DUPLICATE_ID`
 */
export function freshIds(
  label: string,
  count: number,
  options: { readonly given?: readonly string[] | undefined; readonly taken: LabelledRows },
): readonly string[] {
  const { given, taken } = options;
  if (given) {
    if (given.length !== count)
      throw new NearkinError('INVALID_ARGUMENT', `Expected ${count} ids, one for each input, got ${given.length}.`, {
        details: { expected: count, received: given.length },
      });
    for (const id of given) taken.assertFreeId(id);
    return given;
  }
  const ids: string[] = [];
  let number = taken.has(label) ? taken.class(label).rows.size + 1 : 1;
  while (ids.length < count) {
    const id = `${label}#${number++}`;
    if (!taken.hasId(id)) ids.push(id);
  }
  return ids;
}
