import { type ByteCursor, badBytes, cursorOver, readVarint, takeBytes } from '../leveldb/byte-cursor.js';

/** One field of a protobuf message. Of the values, that of its wire type is set. */
export interface ProtoField {
  readonly number: number;
  readonly wire: 'varint' | 'fixed32' | 'bytes' | 'fixed64';
  /** The number of a varint. */
  readonly value: number;
  /** The bytes of the others, a view. */
  readonly bytes: Uint8Array;
}

const nothing = new Uint8Array(0);

/**
 * Walks over the fields of a message, unknown ones too.
 *
 * @throws {NearkinError} `BAD_FORMAT` when a field reaches outside, or for groups, which no such message has
 * @source https://protobuf.dev/programming-guides/encoding
 */
export function* protoFields(message: Uint8Array): Generator<ProtoField, void> {
  const cursor = cursorOver(message);
  while (cursor.at < cursor.end) {
    const tag = readVarint(cursor);
    const number = Math.floor(tag / 8);
    if (number < 1 || number > 0x1fffffff) throw badBytes(`a setting has the impossible number ${number}`);
    yield readField(cursor, number, tag % 8);
  }
}

function readField(cursor: ByteCursor, number: number, wire: number): ProtoField {
  switch (wire) {
    case 0:
      return { number, wire: 'varint', value: readVarint(cursor), bytes: nothing };
    case 1:
      return { number, wire: 'fixed64', value: 0, bytes: takeBytes(cursor, 8) };
    case 2:
      return { number, wire: 'bytes', value: 0, bytes: takeBytes(cursor, readVarint(cursor)) };
    case 5:
      return { number, wire: 'fixed32', value: 0, bytes: takeBytes(cursor, 4) };
    default:
      throw badBytes(`a setting has the unknown wire type ${wire}`);
  }
}

/** Floats of a repeated field that one occurrence adds: packed, or a single one. */
export function floatCount({ wire, bytes }: ProtoField): number {
  if ((wire !== 'bytes' && wire !== 'fixed32') || bytes.length % 4 !== 0) throw badBytes('expected 32-bit numbers');
  return bytes.length / 4;
}

/** Copies the floats of one occurrence, and returns where the next go. */
export function putFloats(field: ProtoField, into: Float32Array, at: number): number {
  const { bytes } = field;
  const count = floatCount(field);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < count; i++) into[at + i] = view.getFloat32(4 * i, true);
  return at + count;
}

export function floatOf(field: ProtoField): number {
  if (field.wire !== 'fixed32') throw badBytes('expected a 32-bit number');
  return new DataView(field.bytes.buffer, field.bytes.byteOffset, 4).getFloat32(0, true);
}

export function varintOf({ wire, value }: ProtoField): number {
  if (wire !== 'varint') throw badBytes('expected a whole number');
  return value;
}

export function messageOf({ wire, bytes }: ProtoField): Uint8Array {
  if (wire !== 'bytes') throw badBytes('expected a message');
  return bytes;
}
