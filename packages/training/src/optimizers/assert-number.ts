import { NearkinError } from '@nearkin/core';

/**
 * Checks one number of an option object.
 *
 * @param range.below exclusive upper bound
 * @throws {NearkinError} `INVALID_ARGUMENT`
 */
export function assertNumber(
  name: string,
  value: number,
  range: { readonly least?: number; readonly above?: number; readonly below?: number; readonly most?: number },
): void {
  const { least = Number.NEGATIVE_INFINITY, above = Number.NEGATIVE_INFINITY } = range;
  const { most = Number.POSITIVE_INFINITY, below = Number.POSITIVE_INFINITY } = range;
  if (Number.isFinite(value) && value >= least && value > above && value <= most && value < below) return;
  const words = [
    range.least === undefined ? [] : [`at least ${range.least}`],
    range.above === undefined ? [] : [`above ${range.above}`],
    range.most === undefined ? [] : [`at most ${range.most}`],
    range.below === undefined ? [] : [`below ${range.below}`],
  ].flat();
  throw new NearkinError(
    'INVALID_ARGUMENT',
    `Expected ${name} to be a number${words.length > 0 ? ` ${words.join(' and ')}` : ''}, got ${value}.`,
    { details: { [name]: value } },
  );
}
