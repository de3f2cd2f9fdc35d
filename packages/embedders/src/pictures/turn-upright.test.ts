import { createPicture } from '@nearkin/core';
import { expect, it } from 'vitest';
import { turnUpright } from './turn-upright.js';

// An upright picture of two rows and three columns:
//   1 2 3
//   4 5 6
// and how a camera that was held in each way stores it (Exif 2.3, table 6: where row 0 and column 0 lie).
const stored: [orientation: number, width: number, samples: number[]][] = [
  [1, 3, [1, 2, 3, 4, 5, 6]],
  [2, 3, [3, 2, 1, 6, 5, 4]],
  [3, 3, [6, 5, 4, 3, 2, 1]],
  [4, 3, [4, 5, 6, 1, 2, 3]],
  [5, 2, [1, 4, 2, 5, 3, 6]],
  [6, 2, [3, 6, 2, 5, 1, 4]],
  [7, 2, [6, 3, 5, 2, 4, 1]],
  [8, 2, [4, 1, 5, 2, 6, 3]],
];
const pictureOf = (samples: number[], width: number, channels: 3 | 4) =>
  createPicture({
    data: Uint8Array.from(samples.flatMap((value) => [value, 10 * value, 20 * value, 255].slice(0, channels))),
    width,
    height: samples.length / width,
    channels,
  });

it.each(stored)('orientation %i', (orientation, width, samples) => {
  for (const channels of [3, 4] as const)
    expect(turnUpright(pictureOf(samples, width, channels), orientation)).toEqual(
      pictureOf([1, 2, 3, 4, 5, 6], 3, channels),
    );
});

it('leaves pictures of an unknown orientation alone', () => {
  const picture = pictureOf([1, 2, 3, 4, 5, 6], 3, 3);
  for (const orientation of [0, 9, -1]) expect(turnUpright(picture, orientation)).toBe(picture);
});
