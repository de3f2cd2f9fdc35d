import { crc32c } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { readTable } from './read-table.js';
import { maskedChecksum } from './table-format.js';
import { writeTable } from './write-table.js';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function tableOf(pairs: readonly (readonly [string, string])[], compression: 'none' | 'snappy' = 'none'): Uint8Array {
  return writeTable(
    pairs.map(([key, value]) => ({ key: encode(key), value: encode(value) })),
    { compression },
  );
}

function pairsOf(bytes: Uint8Array): [string, string][] {
  return Array.from(readTable(bytes).entries(), ({ key, value }) => [decode(key), decode(value)]);
}

/** Writes the checksum of a block anew, so that what lies in it is looked at. */
function repair(bytes: Uint8Array, { offset, size }: { offset: number; size: number }): void {
  new DataView(bytes.buffer).setUint32(
    offset + size + 1,
    maskedChecksum(bytes.subarray(offset, offset + size + 1)),
    true,
  );
}

describe('the masked checksum', () => {
  it('is that of LevelDB', () => {
    // util/crc32c_test.cc: the mask of a checksum differs from it, and undoes by rotation.
    const crc = crc32c(encode('foo'));
    const masked = maskedChecksum(encode('foo'));
    const rotated = (masked - 0xa282ead8) >>> 0;
    expect(((rotated >>> 17) | (rotated << 15)) >>> 0).toBe(crc);
    expect(masked).not.toBe(crc);
  });
});

describe('a table', () => {
  const many = Array.from({ length: 2000 }, (_, i) => [`M_${i}`, `picture ${i} of the album`] as const).sort(
    ([a], [b]) => (a < b ? -1 : 1),
  );

  it.each(['none', 'snappy'] as const)('gives its entries back, compression %s', (compression) => {
    expect(pairsOf(tableOf(many, compression))).toEqual(many);
    expect(readTable(tableOf(many, compression)).compressed).toBe(compression === 'snappy');
  });

  it('has the bytes of the format, block by block', () => {
    const bytes = tableOf([
      ['abc', 'x'],
      ['abd', ''],
    ]);
    // shared, unshared, value length, key, value; one restart point, at 0.
    const block = [0, 3, 1, 0x61, 0x62, 0x63, 0x78, 2, 1, 0, 0x64, 0, 0, 0, 0, 1, 0, 0, 0];
    expect([...bytes.subarray(0, block.length)]).toEqual(block);
    expect(bytes[block.length]).toBe(0);
    const meta = block.length + 5;
    expect([...bytes.subarray(meta, meta + 8)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
    // The index block: 'b' is the short successor of 'abd'; the handle is offset 0 and the block's size.
    expect([...bytes.subarray(meta + 13, meta + 19)]).toEqual([0, 1, 2, 0x62, 0, block.length]);
    expect([...bytes.subarray(-8)]).toEqual([0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]);
    expect(bytes.length).toBe(meta + 13 + 14 + 5 + 48);
  });

  it('may be empty, and keys and values too', () => {
    expect(pairsOf(tableOf([]))).toEqual([]);
    expect(pairsOf(tableOf([['', '']]))).toEqual([['', '']]);
  });

  it('orders keys by bytes, and refuses other orders', () => {
    const keys = ['E_0', 'E_1', 'E_10', 'E_11', 'E_2', 'INDEX_CONFIG', 'é', '\u{1f600}'];
    expect(pairsOf(tableOf(keys.map((key) => [key, key]))).map(([key]) => key)).toEqual(keys);
    const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() =>
      tableOf([
        ['E_2', ''],
        ['E_10', ''],
      ]),
    ).toThrow(invalid);
    expect(() =>
      tableOf([
        ['a', ''],
        ['a', ''],
      ]),
    ).toThrow(invalid);
  });

  it('is refused when any byte of its blocks differs', () => {
    const bytes = tableOf(many.slice(0, 40));
    for (let at = 0; at < bytes.length - 48; at++) {
      bytes[at]! ^= 1;
      expect(() => readTable(bytes)).toThrow(expect.objectContaining({ code: 'BAD_FORMAT' }));
      bytes[at]! ^= 1;
    }
    expect(readTable(bytes).compressed).toBe(false);
  });

  it('is refused wherever it is cut', () => {
    const bytes = tableOf(many.slice(0, 40));
    for (let length = 0; length < bytes.length; length += 7)
      expect(() => readTable(bytes.subarray(0, length))).toThrow(expect.objectContaining({ code: 'BAD_FORMAT' }));
  });

  it.each([
    ['a key that shares more than there is', 0, 1],
    ['a key longer than the block', 1, 100],
    ['a value longer than the block', 2, 100],
    ['a later key that comes first', 10, 0x61],
    ['a restart point between keys', 11, 3],
    ['more restart points than there is room for', 15, 200],
  ])('is refused for %s, checksums or not', (_, at, value) => {
    const bytes = tableOf([
      ['abc', 'x'],
      ['abd', ''],
    ]);
    bytes[at] = value;
    repair(bytes, { offset: 0, size: 19 });
    expect(() => readTable(bytes)).toThrow(expect.objectContaining({ code: 'BAD_FORMAT' }));
  });

  it('names compressions that it does not know', () => {
    const bytes = tableOf([
      ['abc', 'x'],
      ['abd', ''],
    ]);
    bytes[19] = 2;
    repair(bytes, { offset: 0, size: 19 });
    expect(() => readTable(bytes)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
    bytes[19] = 9;
    repair(bytes, { offset: 0, size: 19 });
    expect(() => readTable(bytes)).toThrow(expect.objectContaining({ code: 'BAD_FORMAT' }));
  });

  it('does not unfold beyond its limit', () => {
    const bytes = tableOf([['key', 'a'.repeat(1_000_000)]], 'snappy');
    expect(bytes.length).toBeLessThan(60_000);
    expect(pairsOf(bytes)[0]![1].length).toBe(1_000_000);
    expect(() => readTable(bytes, { expandAtMost: 900_000 })).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  });
});
