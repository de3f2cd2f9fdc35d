import { createPicture, type Picture } from '@nearkin/core';

/**
 * Turns stored pixels upright.
 *
 * @param orientation 1 to 8 as in Exif: 1 upright, 2 mirrored, 3 half turn, 4 flipped, 5 to 8 the same with sides
 *   swapped (6: to be turned a quarter clockwise)
 */
export function turnUpright(picture: Picture, orientation: number): Picture {
  if (orientation <= 1 || orientation > 8) return picture;
  const { data, width, height, channels } = picture;
  const swapped = orientation >= 5;
  const [newWidth, newHeight] = swapped ? [height, width] : [width, height];
  // Where the stored row and column of an upright pixel count from the far end.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const out = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < newHeight; y++)
    for (let x = 0; x < newWidth; x++, to += channels) {
      const [column, row] = swapped ? [y, x] : [x, y];
      const from =
        ((fromBottom ? height - 1 - row : row) * width + (fromRight ? width - 1 - column : column)) * channels;
      for (let c = 0; c < channels; c++) out[to + c] = data[from + c]!;
    }
  return createPicture({ data: out, width: newWidth, height: newHeight, channels });
}
