import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readTable } from './read-table.js';

// A table that LevelDB 1.20 itself wrote: snappy blocks, restart points every 4 keys, a bloom filter. Its keys carry
// eight bytes of sequence number and type, as tables of a whole database do.
const fixture = new URL('../../test/fixtures/leveldb-snappy.ldb', import.meta.url);

describe('a table made by LevelDB', () => {
  it('is read as it was filled', async () => {
    const table = readTable(new Uint8Array(await readFile(fixture)));
    expect(table.compressed).toBe(true);
    const found = new Map(
      Array.from(table.entries(), ({ key, value }) => [new TextDecoder().decode(key.subarray(0, -8)), value.slice()]),
    );
    expect(found.size).toBe(313);
    const text = (key: string) => new TextDecoder().decode(found.get(key));
    expect(text('USER_INFO')).toBe('hello');
    for (let i = 0; i < 300; i++)
      expect(text(`M_${i}`)).toBe(i % 3 ? `photo number ${i} of the album of the sea` : String(i));
    for (let i = 0; i < 12; i++)
      expect([...found.get(`E_${i}`)!]).toEqual(
        Array.from({ length: 900 }, (_, j) => (i === 3 ? (j * j * 7 + i * 13) % 251 : (j >> 3) + i)),
      );
  });
});
