import { type FlatTable, NearkinError } from '@nearkin/core';
import { maxModelBytes } from './read-model.js';

/** Where something written stands: bytes from the end of the file, since files grow towards their start. */
export type Place = number;

/** A field of a table: its slot and its value. Zero and undefined are left out, as the schema's defaults. */
export type Field = readonly [
  slot: number,
  kind: 'int8' | 'int32' | 'uint32' | 'float32' | 'place',
  value: number | undefined,
];

/**
 * Writes FlatBuffers tables from plain lists of fields, and can take a whole older file along as the tail of the new
 * one: offsets lead forward only, so new tables may point at the tables of the tail, whatever those hold.
 */
export interface FlatWriter {
  table(fields: readonly Field[]): Place;
  /**
   * An older table of the tail whose fields are all offsets, slots from 0 to `last`: what they lead to stays where it is,
   * but for the fields that are given anew.
   */
  tableLike(old: FlatTable | undefined, last: number, fields: readonly Field[]): Place;
  text(text: string): Place;
  /** Bytes whose first one stands at a multiple of 16, as TFLite wants its constants. */
  bytes(bytes: Uint8Array): Place;
  int32s(numbers: ArrayLike<number>): Place;
  /** Numbers from 0 to 2^31 - 1, in 64 bits. */
  int64s(numbers: ArrayLike<number>): Place;
  float32s(numbers: ArrayLike<number>): Place;
  places(places: readonly Place[]): Place;
  /** Copies an older file, whose tables new ones may then point at; call it first. */
  tail(bytes: Uint8Array): void;
  /** The place of what stood at a position of the older file. */
  placeOf(position: number): Place;
  /** Places of the tables of a vector of the older file. */
  placesOf(tables: { readonly length: number; at(index: number): FlatTable } | undefined): Place[];
  finish(root: Place, identifier: string): Uint8Array;
}

/**
 * @param capacity bytes to start with; less than needed costs copies only
 * @throws {NearkinError} `TOO_LARGE` over 2 GB
 * @source FlatBuffers, docs/source/internals.md
 */
export function createFlatWriter(capacity: number): FlatWriter {
  if (capacity > maxModelBytes) throw tooLarge(capacity);
  let out = new Uint8Array(capacity);
  let view = new DataView(out.buffer);
  let used = 0;
  let alignment = 4;
  let tailEnd = 0;
  /** Tables of the same layout share its description. */
  const layouts = new Map<string, Place>();
  /** Takes `size` bytes, so that their first one will stand at a multiple of `align`; gives where that is now. */
  const take = (size: number, align: number): number => {
    alignment = Math.max(alignment, align);
    used = Math.ceil((used + size) / align) * align;
    if (used > maxModelBytes) throw tooLarge(used);
    if (used > out.length) {
      const grown = new Uint8Array(Math.max(used, Math.min(2 * out.length, maxModelBytes)));
      grown.set(out, grown.length - out.length);
      out = grown;
      view = new DataView(out.buffer);
    }
    return out.length - used;
  };
  const vector = (length: number, { width, align = width }: { width: number; align?: number }): number => {
    take(length * width, align);
    const at = take(4, 4);
    view.setUint32(at, length, true);
    return at + 4;
  };
  const putPlace = (at: number, place: Place) => view.setUint32(at, out.length - at - place, true);
  const writer: FlatWriter = {
    table(fields) {
      const start = used;
      const ends: number[] = [];
      for (const [slot, kind, value] of fields) {
        if (!value) continue;
        const width = kind === 'int8' ? 1 : 4;
        const at = take(width, width);
        if (kind === 'int8') view.setInt8(at, value);
        else if (kind === 'float32') view.setFloat32(at, value, true);
        else if (kind === 'place') putPlace(at, value);
        else view.setInt32(at, value, true);
        ends[slot] = used;
      }
      take(4, 4);
      const table = used;
      const layout = [4 + 2 * ends.length, table - start, ...Array.from(ends, (end) => (end ? table - end : 0))];
      const key = String(layout);
      let place = layouts.get(key);
      if (place === undefined) {
        const at = take(2 * layout.length, 2);
        layout.forEach((value, i) => {
          view.setUint16(at + 2 * i, value, true);
        });
        place = used;
        layouts.set(key, place);
      }
      view.setInt32(out.length - table, place - table, true);
      return table;
    },
    tableLike(old, last, fields) {
      const all = [...fields];
      for (let slot = 0; old && slot <= last; slot++)
        if (old.has(slot) && !fields.some(([given]) => given === slot))
          all.push([slot, 'place', writer.placeOf(old.target(slot))]);
      return writer.table(all);
    },
    text(text) {
      const bytes = new TextEncoder().encode(text);
      const at = take(bytes.length + 5, 4);
      view.setUint32(at, bytes.length, true);
      out.set(bytes, at + 4);
      return used;
    },
    bytes(bytes) {
      const at = vector(bytes.length, { width: 1, align: 16 });
      out.set(bytes, at);
      return used;
    },
    int32s(numbers) {
      const at = vector(numbers.length, { width: 4 });
      for (let i = 0; i < numbers.length; i++) view.setInt32(at + 4 * i, numbers[i]!, true);
      return used;
    },
    int64s(numbers) {
      const at = vector(numbers.length, { width: 8 });
      for (let i = 0; i < numbers.length; i++) view.setInt32(at + 8 * i, numbers[i]!, true);
      return used;
    },
    float32s(numbers) {
      const at = vector(numbers.length, { width: 4 });
      for (let i = 0; i < numbers.length; i++) view.setFloat32(at + 4 * i, numbers[i]!, true);
      return used;
    },
    places(places) {
      const at = vector(places.length, { width: 4 });
      places.forEach((place, i) => {
        putPlace(at + 4 * i, place);
      });
      return used;
    },
    tail(bytes) {
      const at = take(bytes.length, 16);
      out.set(bytes, at);
      tailEnd = used;
    },
    placeOf: (position) => tailEnd - position,
    placesOf: (tables) => Array.from({ length: tables?.length ?? 0 }, (_, i) => writer.placeOf(tables!.at(i).position)),
    finish(root, identifier) {
      const at = take(8, alignment);
      putPlace(at, root);
      for (let i = 0; i < 4; i++) out[at + 4 + i] = identifier.charCodeAt(i);
      return out.subarray(at);
    },
  };
  return writer;
}

export function tooLarge(bytes: number): NearkinError {
  return new NearkinError(
    'TOO_LARGE',
    `The model would have ${bytes} bytes; a .tflite file has at most 2 GB. Use int8 rows, or fewer.`,
    { details: { bytes, limit: maxModelBytes } },
  );
}
