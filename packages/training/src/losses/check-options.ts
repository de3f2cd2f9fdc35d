import { NearkinError } from '@nearkin/core';
import { distances } from '../distances/compare-rows.js';

/** What an option must be: a test, and the words for a person. */
export interface OptionRule {
  readonly fits: (value: unknown) => boolean;
  readonly wants: string;
}

const number = (wants: string, fits: (value: number) => boolean): OptionRule => ({
  fits: (value) => typeof value === 'number' && Number.isFinite(value) && fits(value),
  wants,
});

export const finite = number('a finite number', () => true);
export const positive = number('a number above 0', (value) => value > 0);
export const notNegative = number('a number of at least 0', (value) => value >= 0);
export const count = number('an integer of at least 1', (value) => Number.isSafeInteger(value) && value >= 1);
export const countFromZero = number('an integer of at least 0', (value) => Number.isSafeInteger(value) && value >= 0);
export const seed = number('an integer', Number.isSafeInteger);
export const flag: OptionRule = { fits: (value) => typeof value === 'boolean', wants: 'true or false' };
/** Checked where it is read. */
export const any: OptionRule = { fits: () => true, wants: 'anything' };

export const oneOf = (...values: readonly string[]): OptionRule => ({
  fits: (value) => values.includes(value as string),
  wants: `one of ${values.join(', ')}`,
});

export const distanceName = oneOf(...Object.keys(distances));
export const reductionName = oneOf('mean', 'nonZeroMean', 'sum', 'none');

/**
 * Checks the options of a factory; `undefined` stands for the default and always fits.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for an option that is unknown or does not fit its rule
 */
export function checkOptions(owner: string, options: object, rules: Readonly<Record<string, OptionRule>>): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = rules[name];
    if (!rule)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected options of ${owner} among ${Object.keys(rules).join(', ')}, got ${name}.`,
        { details: { owner, option: name } },
      );
    if (value !== undefined && !rule.fits(value))
      throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} of ${owner} to be ${rule.wants}, got ${value}.`, {
        details: { owner, option: name, value },
      });
  }
}
