import { NearkinError } from '@nearkin/core';
import type { Targets } from './targets.js';

/** Whether targets are a class each. */
export function areLabels(targets: Targets): targets is readonly number[] | Int32Array {
  return Array.isArray(targets) || targets instanceof Int32Array;
}

/**
 * Labels, one for each row.
 *
 * @param options.classes labels must be below it, where it is given
 * @throws {NearkinError} `UNSUPPORTED` when the targets are not labels, `DIMENSION_MISMATCH` when there are not as many as
 * rows, `UNKNOWN_LABEL` for one that is no integer from 0, or not below `classes`
 */
export function readLabels(
  targets: Targets,
  options: { readonly rows: number; readonly owner: string; readonly classes?: number | undefined },
): Int32Array {
  const { rows, owner, classes } = options;
  if (!areLabels(targets))
    throw new NearkinError(
      'UNSUPPORTED',
      `Expected labels for ${owner}, got ${kindOf(targets)}; it needs exactly one class for each row.`,
      { details: { owner, targets: kindOf(targets) } },
    );
  checkCount(targets.length, rows, 'labels');
  for (let row = 0; row < rows; row++) {
    const label = targets[row]!;
    if (!Number.isSafeInteger(label) || label < 0 || label >= (classes ?? 2 ** 31))
      throw new NearkinError(
        'UNKNOWN_LABEL',
        `Expected labels of ${owner} from 0 to ${(classes ?? 2 ** 31) - 1}, got ${label} in row ${row}.`,
        { details: { owner, row, label, classes: classes ?? null } },
      );
  }
  return Int32Array.from(targets);
}

/**
 * Which classes each row has: 1 where it does.
 *
 * @returns shape `[rows, classes]`
 * @throws {NearkinError} `DIMENSION_MISMATCH` for another number of rows, or rows of different lengths; `INVALID_ARGUMENT`
 * for anything but 0 and 1
 */
export function readMultiHot(
  multiHot: readonly (readonly number[])[],
  rows: number,
): { readonly data: Uint8Array; readonly classes: number } {
  checkCount(multiHot.length, rows, 'multi-hot rows');
  const classes = multiHot[0]?.length ?? 0;
  const data = new Uint8Array(rows * classes);
  multiHot.forEach((row, r) => {
    if (row.length !== classes)
      throw new NearkinError(
        'DIMENSION_MISMATCH',
        `Expected multi-hot rows of ${classes} classes as the first one, got ${row.length} in row ${r}.`,
        { details: { row: r, classes, length: row.length } },
      );
    row.forEach((value, c) => {
      if (value !== 0 && value !== 1)
        throw new NearkinError('INVALID_ARGUMENT', `Expected 0 and 1 in multi-hot rows, got ${value} in row ${r}.`, {
          details: { row: r, column: c, value },
        });
      data[r * classes + c] = value;
    });
  });
  return { data, classes };
}

/** What targets are, in words. */
export function kindOf(targets: Targets): string {
  if (areLabels(targets)) return 'labels';
  if (typeof targets !== 'object' || targets === null) return String(targets);
  if ('multiHot' in targets) return 'multi-hot labels';
  return 'positives' in targets ? 'a pair mask' : 'pair lists';
}

function checkCount(got: number, rows: number, what: string): void {
  if (got !== rows)
    throw new NearkinError('DIMENSION_MISMATCH', `Expected ${rows} ${what}, one for each embedding, got ${got}.`, {
      details: { rows, got },
    });
}
