import { type FlatTable, NearkinError } from '@nearkin/core';
import { Builder } from 'flatbuffers';
import { maxModelBytes } from './read-model.js';

/** Where something written stands: bytes from the end of the file, as the builder counts. */
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
  text(text: string): Place;
  /** Bytes whose first one stands at a multiple of 16, as TFLite wants its constants. */
  bytes(bytes: Uint8Array): Place;
  int32s(numbers: ArrayLike<number>): Place;
  int64s(numbers: ArrayLike<number>): Place;
  float32s(numbers: ArrayLike<number>): Place;
  places(places: readonly Place[]): Place;
  /** Copies an older file; call it first. Gives the place of what stood at a position in it. */
  tail(bytes: Uint8Array): (position: number) => Place;
  finish(root: Place, identifier: string): Uint8Array;
}

/** @param capacity bytes to start with; less than needed costs copies only */
export function createFlatWriter(capacity: number): FlatWriter {
  if (capacity > maxModelBytes) throw tooLarge(capacity);
  const builder = new Builder(capacity);
  const fill = (bytes: Uint8Array, room: number) => {
    builder.pad(room);
    const buffer = builder.dataBuffer();
    buffer.bytes().set(bytes, buffer.capacity() - builder.offset());
  };
  const vector = (numbers: ArrayLike<number>, width: 4 | 8, add: (value: number) => void): Place => {
    builder.startVector(width, numbers.length, width);
    for (let i = numbers.length - 1; i >= 0; i--) add(numbers[i]!);
    return builder.endVector();
  };
  return {
    table(fields) {
      builder.startObject(Math.max(0, ...fields.map(([slot]) => slot + 1)));
      for (const [slot, kind, value] of fields) {
        if (value === undefined) continue;
        if (kind === 'int8') builder.addFieldInt8(slot, value, 0);
        else if (kind === 'float32') builder.addFieldFloat32(slot, value, 0);
        else if (kind === 'place') builder.addFieldOffset(slot, value, 0);
        else builder.addFieldInt32(slot, value, 0);
      }
      return builder.endObject();
    },
    text: (text) => builder.createString(text),
    bytes(bytes) {
      builder.startVector(1, bytes.length, 16);
      fill(bytes, bytes.length);
      return builder.endVector();
    },
    int32s: (numbers) => vector(numbers, 4, (value) => builder.addInt32(value)),
    int64s: (numbers) => vector(numbers, 8, (value) => builder.addInt64(BigInt(value))),
    float32s: (numbers) => vector(numbers, 4, (value) => builder.addFloat32(value)),
    places: (places) => vector(places, 4, (place) => builder.addOffset(place)),
    tail(bytes) {
      const room = Math.ceil(bytes.length / 16) * 16;
      builder.prep(16, room);
      fill(bytes, room);
      const end = builder.offset();
      return (position) => end - position;
    },
    finish(root, identifier) {
      builder.finish(root, identifier);
      return builder.asUint8Array();
    },
  };
}

/** Places of the tables of an older file's vector. */
export function placesOf(
  tables: { readonly length: number; at(index: number): FlatTable },
  place: (position: number) => Place,
): Place[] {
  return Array.from({ length: tables.length }, (_, i) => place(tables.at(i).position));
}

export function tooLarge(bytes: number): NearkinError {
  return new NearkinError(
    'TOO_LARGE',
    `The model would have ${bytes} bytes; a .tflite file has at most 2 GB. Use int8 rows, or fewer.`,
    { details: { bytes, limit: maxModelBytes } },
  );
}
