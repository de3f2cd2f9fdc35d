import { createRng, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { blockOf, readBlock, readStringTable, writeStringTable } from './string-table.js';

const texts = ['', 'a', 'où', '日本語', 'x'.repeat(127), 'y'.repeat(128), 'z'.repeat(20_000), '\ufeffmark', '🙂', '\0'];
const many = Array.from({ length: 1000 }, (_, i) => `${texts[i % texts.length]}${i}`);

describe('string table', () => {
  it('reads what it wrote', () => {
    for (const list of [[], ['only'], texts, many.slice(0, 64), many.slice(0, 65), many])
      expect(readStringTable(writeStringTable(list, 'ids'), { count: list.length, what: 'ids' })).toEqual(list);
  });

  it('takes a byte a text and a start every 64 texts beside the texts', () => {
    const { text, blocks } = writeStringTable(['ab', 'c'], 'ids');
    expect([...text]).toEqual([2, 1, 97, 98, 99]);
    expect([...blocks]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('reads one text from its block alone', () => {
    const { text, blocks } = writeStringTable(many, 'ids');
    const starts = new BigUint64Array(blocks.buffer);
    for (const row of [0, 63, 64, 500, 999]) {
      const { block, place, members } = blockOf(row, many.length);
      const bytes = text.subarray(Number(starts[block]), Number(starts[block + 1]));
      expect(readBlock(bytes, { count: members, what: 'ids' })[place]).toBe(many[row]);
    }
  });

  it('refuses half a surrogate pair, which UTF-8 cannot hold', () => {
    // Together they would be one character.
    expect(() => writeStringTable(['\ud83d', '\ude00'], 'ids')).toThrow('surrogate');
    expect(() => writeStringTable(['ok', '\ud83d'], 'ids')).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('surrogate') }),
    );
  });

  it('meets damage with a typed error or as many texts as promised', () => {
    const { text, blocks } = writeStringTable(many.slice(0, 150), 'ids');
    const rng = createRng(5);
    let refused = 0;
    for (let i = 0; i < 1000; i++) {
      const damaged = { text: text.slice(), blocks: blocks.slice() };
      const part = i % 2 ? damaged.text : damaged.blocks;
      part[rng.integer(part.length)]! ^= 1 << rng.integer(8);
      try {
        const back = readStringTable(damaged, { count: 150, what: 'ids' });
        expect(back.length).toBe(150);
      } catch (error) {
        if (!(error instanceof NearkinError) || error.code !== 'BAD_FORMAT') throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(300);
    for (const count of [149, 151, 2 ** 40])
      expect(() => readStringTable({ text, blocks }, { count, what: 'ids' })).toThrowError(
        expect.objectContaining({ code: 'BAD_FORMAT' }),
      );
  });
});
