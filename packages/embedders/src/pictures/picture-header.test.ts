import { describe, expect, it } from 'vitest';
import { readPictureHeader } from './picture-header.js';

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part)));
const big = (value: number, size: number) =>
  Array.from({ length: size }, (_, i) => (value >> (8 * (size - 1 - i))) & 255);
const little = (value: number, size: number) => big(value, size).reverse();

/** A TIFF directory with one entry before the orientation, in either byte order. */
function exif(orientation: number, number: typeof big, mark: string): number[] {
  const entry = (tag: number, value: number) =>
    [number(tag, 2), number(3, 2), number(1, 4), number(value, 2), [0, 0]].flat();
  const tiff = [
    ...bytes(mark, number(42, 2), number(8, 4), number(2, 2)),
    ...entry(0x0103, 6),
    ...entry(0x0112, orientation),
  ];
  return [0xff, 0xe1, ...big(tiff.length + 8, 2), ...bytes('Exif\0\0'), ...tiff];
}
const start = [0xff, 0xd8];
const frame = (marker: number) => [0xff, marker, 0, 17, 8, ...big(300, 2), ...big(400, 2), 3];
const jpeg = (...segments: number[][]) => bytes(start, ...segments, [0, 0, 0, 0, 0, 0]);

describe('readPictureHeader', () => {
  it.each([
    ['png', bytes([0x89], 'PNG\r\n', [26, 10], big(13, 4), 'IHDR', big(400, 4), big(300, 4))],
    ['gif', bytes('GIF89a', little(400, 2), little(300, 2), [0, 0, 0, 0, 0, 0])],
    ['bmp', bytes('BM', Array(16).fill(0), little(400, 4), little(300, 4))],
    // A BMP that counts its rows from the top has a negative height.
    ['bmp', bytes('BM', Array(16).fill(0), little(400, 4), little(-300, 4))],
    ['webp', bytes('RIFF', little(99, 4), 'WEBPVP8X', Array(8).fill(0), little(399, 3), little(299, 3))],
    [
      'webp',
      bytes('RIFF', little(99, 4), 'WEBPVP8L', little(9, 4), [0x2f], little(399 | (299 << 14), 4), Array(9).fill(0)),
    ],
    [
      'webp',
      bytes('RIFF', little(99, 4), 'WEBPVP8 ', little(9, 4), [0, 0, 0, 0x9d, 1, 0x2a], little(400, 2), little(300, 2)),
    ],
    ['jpeg', jpeg(frame(0xc0))],
    ['jpeg', jpeg([0xff, 0xe0, 0, 4, 1, 2], [0xff, 0xc4, 0, 3, 0], [0xff, 0xff], frame(0xc2))],
  ])('reads the size of a %s (%#)', (format, given) => {
    expect(readPictureHeader(given)).toEqual({ format, width: 400, height: 300, orientation: 1 });
    // Also in the middle of a buffer.
    const moved = new Uint8Array(given.length + 7);
    moved.set(given, 7);
    expect(readPictureHeader(moved.subarray(7))).toEqual({ format, width: 400, height: 300, orientation: 1 });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('reads the orientation %i in both byte orders', (orientation) => {
    for (const segment of [exif(orientation, big, 'MM'), exif(orientation, little, 'II')])
      expect(readPictureHeader(jpeg(segment, frame(0xc0)))?.orientation).toBe(orientation);
  });

  it('takes orientations that there are none for upright', () => {
    for (const orientation of [0, 9, 600])
      expect(readPictureHeader(jpeg(exif(orientation, big, 'MM'), frame(0xc0)))?.orientation).toBe(1);
  });

  it('knows formats whose size lies deeper by their mark', () => {
    const rest = Array(16).fill(0);
    expect(readPictureHeader(bytes('II*\0', rest))).toEqual({ format: 'tiff', orientation: 1 });
    expect(readPictureHeader(bytes([0, 0, 0, 32], 'ftypavif', rest))).toEqual({ format: 'avif', orientation: 1 });
  });

  it('does not stumble over bytes that are cut off or lie', () => {
    expect(readPictureHeader(new Uint8Array(0))).toBeUndefined();
    expect(readPictureHeader(bytes('a shopping list, not a picture'))).toBeUndefined();
    // Each whole header, cut anywhere, or with any one byte changed to 255: no throw, no hang.
    for (const whole of [jpeg(exif(6, little, 'II'), frame(0xc0)), jpeg(exif(6, big, 'MM'), frame(0xc0))])
      for (let i = 0; i < whole.length; i++) {
        expect(() => readPictureHeader(whole.subarray(0, i))).not.toThrow();
        const changed = whole.slice();
        changed[i] = 255;
        expect(() => readPictureHeader(changed)).not.toThrow();
      }
  });
});
