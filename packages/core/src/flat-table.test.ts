import { describe, expect, it } from 'vitest';
import { openFlatBuffer } from './flat-table.js';
import { NearkinError } from './nearkin-error.js';
import { createRng } from './rng.js';

/**
 * Made by hand from the wire format: root at 20; its vtable at 8: size 12, table size 20, fields 0 (uint32) at +4,
 * 1 (text) at +8, 2 absent, 3 (numbers) at +12.
 */
function sample(): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 20, true);
  bytes.set(new TextEncoder().encode('TEST'), 4);
  [12, 20, 4, 8, 0, 12].forEach((value, i) => {
    view.setUint16(8 + 2 * i, value, true);
  });
  view.setInt32(20, 12, true);
  view.setUint32(24, 7, true);
  view.setUint32(28, 12, true); // text at 40
  view.setUint32(32, 16, true); // numbers at 48
  view.setUint32(36, 0, true);
  view.setUint32(40, 2, true);
  bytes.set([0x6e, 0x6f], 44);
  view.setUint32(48, 3, true);
  [1, -2, 300].forEach((value, i) => {
    view.setInt32(52 + 4 * i, value, true);
  });
  return bytes;
}

const open = (bytes: Uint8Array) => openFlatBuffer(bytes, { identifier: 'TEST', what: 'sample' });

describe('openFlatBuffer', () => {
  it('reads what the wire format says', () => {
    const table = open(sample());
    expect(table.number(0, 'uint32')).toBe(7);
    expect(table.text(1)).toBe('no');
    expect(table.has(2)).toBe(false);
    expect([1, 2, 3].map((slot) => table.target(slot))).toEqual([40, 0, 48]);
    expect(table.number(2, 'int8', -3)).toBe(-3);
    expect(table.number(99, 'int8', 5)).toBe(5);
    const numbers = table.numbers(3, 'int32');
    expect(Array.from({ length: numbers.length }, (_, i) => numbers.at(i))).toEqual([1, -2, 300]);
    expect(() => numbers.at(3)).toThrow(expect.objectContaining({ code: 'BAD_FORMAT' }));
    expect(table.bytes(2)).toBeUndefined();
    expect(table.tables(2).length).toBe(0);
  });

  it.each([
    ['another identifier', 4, 0x41],
    ['a root beyond the end', 0, 250],
    ['a table beyond the end', 3, 1],
    ['a vtable before the start', 20, 60],
    ['an odd vtable', 8, 13],
    ['a field beyond its table', 12, 17],
    ['a text beyond the end', 40, 200],
    ['a vector beyond the end', 48, 4],
  ])('refuses %s', (_, at, value) => {
    const bytes = sample();
    bytes[at] = value;
    const readAll = () => {
      const table = open(bytes);
      table.number(0, 'uint32');
      table.text(1);
      table.numbers(3, 'int32');
    };
    expect(readAll).toThrow(expect.objectContaining({ code: 'BAD_FORMAT' }));
  });

  it('refuses cuts, and never reads outside after any change', () => {
    const rng = createRng(1);
    const read = (bytes: Uint8Array) => {
      try {
        const table = open(bytes);
        for (let slot = 0; slot < 5; slot++) {
          for (const kind of ['int8', 'uint16', 'int64', 'float32'] as const) {
            table.number(slot, kind);
            const numbers = table.numbers(slot, kind);
            if (numbers.length > 0) numbers.at(numbers.length - 1);
          }
          table.text(slot);
          table.bytes(slot);
          table.table(slot)?.number(0, 'uint32');
          const tables = table.tables(slot);
          if (tables.length > 0) tables.at(0).has(0);
        }
      } catch (error) {
        if (!(error instanceof NearkinError)) throw error;
        expect(error.code).toBe('BAD_FORMAT');
      }
    };
    for (let length = 0; length < 64; length++) read(sample().subarray(0, length));
    for (let i = 0; i < 3000; i++) {
      const bytes = sample();
      for (let n = 0; n < 2; n++) bytes[rng.integer(64)] = rng.integer(256);
      read(bytes);
    }
  });
});
