import { openFlatBuffer } from '@nearkin/core';
import { Builder, ByteBuffer } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { createFlatWriter } from './flat-writer.js';

/** The offset of a field, by FlatBuffers' own runtime. */
function fieldOf(buffer: ByteBuffer, table: number, slot: number): number {
  const offset = buffer.__offset(table, 4 + 2 * slot);
  return offset === 0 ? 0 : table + offset;
}

function rootOf(bytes: Uint8Array): { buffer: ByteBuffer; root: number } {
  const buffer = new ByteBuffer(bytes);
  return { buffer, root: buffer.readInt32(0) };
}

describe('files of the writer, read by the runtime of FlatBuffers', () => {
  it.each([8, 1024])('have every kind of field where it should be, begun with %i bytes', (capacity) => {
    const writer = createFlatWriter(capacity);
    const [text, bytes] = [writer.text('größer'), writer.bytes(Uint8Array.of(1, 2, 3))];
    const [whole, wide, real] = [writer.int32s([1, -2]), writer.int64s([7, 2 ** 31 - 1]), writer.float32s([0.5, -1])];
    const inner = writer.table([[0, 'int8', -5]]);
    const places = writer.places([inner, inner]);
    const file = writer.finish(
      writer.table([
        [0, 'uint32', 0xfffffffe],
        [1, 'int32', -9],
        [2, 'int8', 3],
        [3, 'float32', 0.25],
        [4, 'int32', 0],
        [5, 'int32', undefined],
        [6, 'place', text],
        [7, 'place', bytes],
        [8, 'place', whole],
        [9, 'place', wide],
        [10, 'place', real],
        [12, 'place', places],
      ]),
      'TEST',
    );
    const { buffer, root } = rootOf(file);
    expect(buffer.__has_identifier('TEST')).toBe(true);
    const at = (slot: number) => fieldOf(buffer, root, slot);
    expect(buffer.readUint32(at(0))).toBe(0xfffffffe);
    expect(buffer.readInt32(at(1))).toBe(-9);
    expect(buffer.readInt8(at(2))).toBe(3);
    expect(buffer.readFloat32(at(3))).toBe(0.25);
    expect([4, 5, 11, 13].map(at)).toEqual([0, 0, 0, 0]);
    expect(buffer.__string(at(6))).toBe('größer');
    // What ends a text.
    const end = buffer.__indirect(at(6));
    expect(file[end + 4 + file[end]!]).toBe(0);
    const start = (slot: number) => buffer.__vector(at(slot));
    const items = (slot: number, read: (i: number) => unknown) =>
      Array.from({ length: buffer.__vector_len(at(slot)) }, (_, i) => read(i));
    expect(items(7, (i) => buffer.readUint8(start(7) + i))).toEqual([1, 2, 3]);
    expect(start(7) % 16).toBe(0);
    expect(items(8, (i) => buffer.readInt32(start(8) + 4 * i))).toEqual([1, -2]);
    expect(items(9, (i) => buffer.readInt64(start(9) + 8 * i))).toEqual([7n, 2n ** 31n - 1n]);
    expect(start(9) % 8).toBe(0);
    expect(items(10, (i) => buffer.readFloat32(start(10) + 4 * i))).toEqual([0.5, -1]);
    const tables = items(12, (i) => buffer.__indirect(start(12) + 4 * i)) as number[];
    expect(tables.map((table) => buffer.readInt8(fieldOf(buffer, table, 0)))).toEqual([-5, -5]);
  });

  it('take an older file along, and point into it', () => {
    const older = new Builder();
    const [kept, replaced] = [older.createString('kept'), older.createString('replaced')];
    older.startObject(3);
    older.addFieldOffset(0, kept, 0);
    older.addFieldOffset(1, replaced, 0);
    older.addFieldInt32(2, 77, 0);
    older.finish(older.endObject(), 'TEST');
    const old = older.asUint8Array();
    const writer = createFlatWriter(16);
    writer.tail(old);
    const table = openFlatBuffer(old, { identifier: 'TEST', what: 'old' });
    const text = writer.text('new');
    const file = writer.finish(writer.tableLike(table, 1, [[1, 'place', text]]), 'TEST');
    const { buffer, root } = rootOf(file);
    expect([0, 1].map((slot) => buffer.__string(fieldOf(buffer, root, slot)))).toEqual(['kept', 'new']);
    // Beyond the slots that were asked for.
    expect(fieldOf(buffer, root, 2)).toBe(0);
    expect(file.length % 16).toBe(0);
    const tail = Math.ceil(old.length / 16) * 16;
    expect(file.subarray(file.length - tail, file.length - tail + old.length)).toEqual(old);
  });

  it('describe tables of the same layout once', () => {
    const size = (tables: number) => {
      const writer = createFlatWriter(64);
      const places = Array.from({ length: tables }, (_, i) => writer.table([[2, 'int32', i + 1]]));
      return writer.finish(writer.table([[0, 'place', writer.places(places)]]), 'TEST').length;
    };
    expect(size(11) - size(10)).toBe(12);
  });
});

describe('a file over 2 GB', () => {
  it('is TOO_LARGE', () => {
    expect(() => createFlatWriter(2 ** 31)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
    const writer = createFlatWriter(64);
    const huge = { length: 2 ** 31 } as unknown as Uint8Array;
    expect(() => writer.bytes(huge)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  });
});
