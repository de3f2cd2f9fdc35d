import type { Normalization } from '@nearkin/tflite';
import { InvalidArgumentError } from 'commander';

/** Reads `MEAN/STD`, one number each or three: `127.5/127.5`, `123.7,116.3,103.5/58.4,57.1,57.4`. */
export function normalizationValue(text: string): Normalization {
  const [mean, std, ...more] = text.split('/').map((list) => list.split(',').map(numberIn));
  const fits =
    mean && std && more.length === 0 && [1, 3].includes(mean.length) && mean.length === std.length && !std.includes(0);
  if (!fits || ![...mean, ...std].every(Number.isFinite))
    throw new InvalidArgumentError('Expected MEAN/STD, one number each or three, such as 127.5/127.5; STD is not 0.');
  return { mean, std };
}

function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

type Channels = readonly [number, number, number];

/** One number for red, green and blue, as embedders want it. */
export function perChannel({ mean, std }: Normalization): { readonly mean: Channels; readonly std: Channels } {
  return { mean: three(mean), std: three(std) };
}

function three([red, green = red, blue = red]: readonly number[]): Channels {
  return [red!, green!, blue!];
}
