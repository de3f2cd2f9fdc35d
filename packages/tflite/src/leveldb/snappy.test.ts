import { createRng } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { snappyDecompress, snappyLength } from './snappy.js';
import { snappyCompress } from './snappy-compress.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
const broken = expect.objectContaining({ code: 'BAD_FORMAT' });

describe('snappyDecompress', () => {
  // Streams put together by hand from format_description.txt.
  it.each([
    ['nothing', [0], ''],
    ['a literal', [3, 2 << 2, 0x61, 0x62, 0x63], 'abc'],
    ['a literal with its length in a byte', [3, 60 << 2, 2, 0x61, 0x62, 0x63], 'abc'],
    ['a literal with its length in two bytes', [3, 61 << 2, 2, 0, 0x61, 0x62, 0x63], 'abc'],
    ['a copy that overlaps itself', [9, 0, 0x61, ((8 - 1) << 2) | 2, 1, 0], 'aaaaaaaaa'],
    ['a short copy', [8, 3 << 2, 0x61, 0x62, 0x63, 0x64, 1, 4], 'abcdabcd'],
    ['a copy with four bytes of distance', [6, 2 << 2, 0x61, 0x62, 0x63, (2 << 2) | 3, 3, 0, 0, 0], 'abcabc'],
  ])('unfolds %s', (_, stream, expected) => {
    expect(text(snappyDecompress(Uint8Array.from(stream)))).toBe(expected);
  });

  it.each([
    ['no length', []],
    ['a length that does not end', [0x80]],
    ['more than announced', [2, 2 << 2, 0x61, 0x62, 0x63]],
    ['less than announced', [200, 1, 2 << 2, 0x61, 0x62, 0x63]],
    ['a literal cut off', [3, 2 << 2, 0x61]],
    ['a copy of what was not there', [5, 0, 0x61, ((4 - 1) << 2) | 2, 2, 0]],
    ['a copy without distance', [5, 0, 0x61, ((4 - 1) << 2) | 2, 0, 0]],
    ['a copy cut off', [5, 0, 0x61, ((4 - 1) << 2) | 2, 1]],
    ['a claim of 4 GB', [0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0x61]],
  ])('refuses %s', (_, stream) => {
    expect(() => snappyDecompress(Uint8Array.from(stream))).toThrow(broken);
  });
});

describe('snappyCompress', () => {
  const rng = createRng(3);
  const noise = Uint8Array.from({ length: 5000 }, () => rng.integer(256));
  const cases: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['three bytes', bytes('abc')],
    ['one byte over and over', new Uint8Array(100_000).fill(7)],
    ['a sentence over and over', bytes('the sea, the sea and the sky; '.repeat(300))],
    ['noise', noise],
    ['repeats farther apart than a copy reaches', Uint8Array.of(...noise, ...new Uint8Array(70_000), ...noise)],
  ];

  it.each(cases)('gives %s back', (_, data) => {
    const packed = snappyCompress(data);
    expect(snappyLength(packed)).toBe(data.length);
    expect(snappyDecompress(packed)).toEqual(data);
  });

  it('saves what repeats, and adds little to what does not', () => {
    expect(snappyCompress(new Uint8Array(100_000)).length).toBeLessThan(5000);
    expect(snappyCompress(noise).length).toBeLessThan(noise.length + 20);
  });
});
