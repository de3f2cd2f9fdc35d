import { InvalidArgumentError } from 'commander';

/** Reads an option's whole number from `least` up. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    return value;
  };
}

/** Reads an option's ending of file names, with its dot. */
export function fileEnding(text: string): string {
  if (!/^\.[^./\\]+$/.test(text)) throw new InvalidArgumentError('Expected an ending of file names, such as .dat.');
  return text;
}

/** Reads an option's number between the bounds, both allowed. */
export function numberBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`);
    return value;
  };
}

/** Reads an option's list, `1,5,10`, of whole numbers from `least` up. */
export function wholeNumbers(least: number): (text: string) => number[] {
  return (text) => text.split(',').map((part) => wholeNumber(least)(part.trim()));
}

/** A kind of few-shot episode. */
export interface EpisodeShape {
  readonly ways: number;
  readonly shots: number;
}

/** Reads an option's list of episodes, `5x1,20x1`; `none` is an empty one. */
export function episodeShapes(text: string): EpisodeShape[] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const [ways, shots] = /^\s*(\d{1,9})x(\d{1,9})\s*$/.exec(part)?.slice(1).map(Number) ?? [];
    if (!ways || !shots || ways < 2)
      throw new InvalidArgumentError('Expected WAYSxSHOTS, such as 5x1,20x1: from two classes and one picture up.');
    return { ways, shots };
  });
}
