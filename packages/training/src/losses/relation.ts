import { NearkinError } from '@nearkin/core';
import { areLabels, kindOf, readLabels, readMultiHot } from './read-labels.js';
import type { PairMask, Targets } from './targets.js';

/** Which ordered pairs (row, column) are positive (1), negative (2) or not looked at (0). */
export interface Relation {
  readonly rows: number;
  readonly columns: number;
  /** Shape `[rows, columns]`. A row is never paired with itself or with its copy. */
  readonly kinds: Uint8Array;
}

export const positivePair = 1;
export const negativePair = 2;

/** The side of the columns, when it is not the batch itself. */
interface ReferenceTargets {
  readonly rows: number;
  readonly targets: Targets;
  readonly copyOf?: Int32Array | undefined;
}

/**
 * What each row of a batch is to each row of it, or of a reference.
 *
 * Labels and multi-hot labels: both sides must have the same kind. Masks and lists of a reference have batch rows first
 * and reference rows second. Lists within a batch hold in both orders. A mask without negatives: what is not positive is
 * negative.
 *
 * @throws {NearkinError} `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`, `INVALID_ARGUMENT` for pairs that do not exist or are both
 */
export function relate(targets: Targets, rows: number, reference?: ReferenceTargets): Relation {
  if (!targets || typeof targets !== 'object')
    throw new NearkinError('INVALID_ARGUMENT', `Expected labels, masks or lists of pairs, got ${targets}.`);
  const columns = reference?.rows ?? rows;
  const kinds = new Uint8Array(rows * columns);
  const relation = { rows, columns, kinds };
  const side = reference?.targets ?? targets;
  if (areLabels(targets) || 'multiHot' in targets) {
    if (kindOf(side) !== kindOf(targets))
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected a reference with ${kindOf(targets)} as the batch, got ${kindOf(side)}.`,
      );
    if (areLabels(targets)) markLabels(relation, targets, side);
    else markMultiHot(relation, targets.multiHot, (side as { multiHot: number[][] }).multiHot);
  } else if ('positives' in side) {
    markMask(relation, side);
  } else if ('positivePairs' in side) {
    markList(relation, side.positivePairs, { kind: positivePair, bothOrders: !reference });
    markList(relation, side.negativePairs ?? [], { kind: negativePair, bothOrders: !reference });
  } else throw new NearkinError('INVALID_ARGUMENT', 'Expected labels, multi-hot labels, masks or lists of pairs.');
  if (!reference) for (let row = 0; row < rows; row++) kinds[row * columns + row] = 0;
  reference?.copyOf?.forEach((row, column) => {
    if (row >= 0 && row < rows) kinds[row * columns + column] = 0;
  });
  return relation;
}

function markLabels({ rows, columns, kinds }: Relation, targets: Targets, side: Targets): void {
  const own = readLabels(targets, { rows, owner: 'the batch' });
  const other = side === targets ? own : readLabels(side, { rows: columns, owner: 'the reference' });
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      kinds[at++] = own[row] === other[column] ? positivePair : negativePair;
}

function markMultiHot(
  { rows, columns, kinds }: Relation,
  targets: readonly (readonly number[])[],
  side: readonly (readonly number[])[],
): void {
  const own = readMultiHot(targets, rows);
  const other = side === targets ? own : readMultiHot(side, columns);
  if (own.classes !== other.classes && rows > 0 && columns > 0)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected a reference of ${own.classes} classes as the batch, got ${other.classes}.`,
    );
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++) {
      let shared = false;
      for (let c = 0; c < own.classes && !shared; c++)
        shared = own.data[row * own.classes + c] === 1 && other.data[column * own.classes + c] === 1;
      kinds[at] = shared ? positivePair : negativePair;
    }
}

function markMask(
  { rows, columns, kinds }: Relation,
  masks: { readonly positives: PairMask; readonly negatives?: PairMask },
): void {
  for (const [name, mask] of Object.entries(masks) as [string, PairMask | undefined][])
    if (mask && (mask.rows !== rows || mask.columns !== columns || mask.data.length !== rows * columns))
      throw new NearkinError(
        'DIMENSION_MISMATCH',
        `Expected a mask ${name} of ${rows} x ${columns} pairs, got ${mask.rows} x ${mask.columns} with ${mask.data.length} numbers.`,
        { details: { name, rows: mask.rows, columns: mask.columns } },
      );
  for (let at = 0; at < kinds.length; at++) {
    const isPositive = masks.positives.data[at] !== 0;
    const isNegative = masks.negatives ? masks.negatives.data[at] !== 0 : !isPositive;
    if (isPositive && isNegative && Math.floor(at / columns) !== at % columns)
      throw bothKinds(Math.floor(at / columns), at % columns);
    kinds[at] = isPositive ? positivePair : isNegative ? negativePair : 0;
  }
}

function markList(
  { rows, columns, kinds }: Relation,
  pairs: readonly (readonly [number, number])[],
  options: { readonly kind: number; readonly bothOrders: boolean },
): void {
  const mark = (row: number, column: number) => {
    const at = row * columns + column;
    if (kinds[at] !== 0 && kinds[at] !== options.kind) throw bothKinds(row, column);
    kinds[at] = options.kind;
  };
  for (const [row, column] of pairs) {
    const fits = Number.isInteger(row) && Number.isInteger(column) && row >= 0 && column >= 0;
    if (!fits || row >= rows || column >= columns)
      throw new NearkinError('INVALID_ARGUMENT', `Expected pairs within ${rows} x ${columns}, got ${row}, ${column}.`, {
        details: { row, column, rows, columns },
      });
    mark(row, column);
    if (options.bothOrders) mark(column, row);
  }
}

function bothKinds(row: number, column: number): NearkinError {
  return new NearkinError(
    'INVALID_ARGUMENT',
    `Expected a pair to be positive or negative, but ${row}, ${column} is both.`,
    { details: { row, column } },
  );
}
