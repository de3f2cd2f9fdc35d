import { NearkinError } from './nearkin-error.js';

/** Numbers as FlatBuffers stores them, little-endian. */
export type FlatNumber = 'int8' | 'uint8' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32';

/** A vector inside a FlatBuffers file; its extent is inside the file, its items are read when asked for. */
export interface FlatVector<T> {
  /** Where its length stands in the file. */
  readonly position: number;
  readonly length: number;
  /** @throws {NearkinError} `BAD_FORMAT` when there is no such item, or the item leads out of the file */
  at(index: number): T;
}

/**
 * A table of a FlatBuffers file, read with distrust: whatever an accessor gives lies inside the file, everything else is
 * a `BAD_FORMAT`. Nothing is copied and nothing is allocated but the small records themselves. Fields are named by slot:
 * their place in the schema, from 0.
 */
export interface FlatTable {
  /** Where the table stands in the file. */
  readonly position: number;
  has(slot: number): boolean;
  /** Where what an offset field leads to stands: a table, a text, a vector; 0 where the field is absent. */
  target(slot: number): number;
  /** A number field; `fallback` is the schema's default. 64-bit integers beyond 2^53 are rounded. */
  number(slot: number, kind: FlatNumber, fallback?: number): number;
  /** UTF-8; damaged sequences are replaced. */
  text(slot: number): string | undefined;
  table(slot: number): FlatTable | undefined;
  tables(slot: number): FlatVector<FlatTable>;
  numbers(slot: number, kind: FlatNumber): FlatVector<number>;
  /** A vector of bytes as a view. */
  bytes(slot: number): Uint8Array | undefined;
}

const widths: Readonly<Record<FlatNumber, number>> = {
  int8: 1,
  uint8: 1,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
};

/**
 * Opens the root table of a FlatBuffers file.
 *
 * @param options.identifier the four characters from byte 4 on that the file must have
 * @param options.what the file's name in messages
 * @throws {NearkinError} `BAD_FORMAT`
 * @example
 * const model = openFlatBuffer(bytes, { identifier: 'TFL3', what: 'model.tflite' });
 * model.number(0, 'uint32'); // 3, the version of the schema
 */
export function openFlatBuffer(
  bytes: Uint8Array,
  { identifier, what }: { readonly identifier: string; readonly what: string },
): FlatTable {
  const found = String.fromCharCode(...bytes.subarray(4, 8));
  if (bytes.length < 12 || found !== identifier)
    throw new NearkinError(
      'BAD_FORMAT',
      `${what}: expected a FlatBuffers file with the identifier ${identifier}, got ${bytes.length} bytes with ${JSON.stringify(found)}.`,
      { details: { identifier, found, bytes: bytes.length } },
    );
  const file: FlatFile = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    what,
  };
  return openTable(file, follow(file, 0));
}

interface FlatFile {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly what: string;
}

function openTable(file: FlatFile, position: number): FlatTable {
  const { view } = file;
  assertInside(file, position, 4);
  const vtable = position - view.getInt32(position, true);
  assertInside(file, vtable, 4);
  const slots = view.getUint16(vtable, true);
  const size = view.getUint16(vtable + 2, true);
  if (slots < 4 || slots % 2 !== 0 || size < 4) throw damaged(file, vtable, 'the layout of a table is not valid');
  assertInside(file, vtable, slots);
  assertInside(file, position, size);

  /** Place of a field of `width` bytes; 0 where it is absent. */
  const place = (slot: number, width: number): number => {
    const entry = 4 + 2 * slot;
    const offset = entry < slots ? view.getUint16(vtable + entry, true) : 0;
    if (offset === 0) return 0;
    if (offset < 4 || offset + width > size) throw damaged(file, position, `field ${slot} leads out of its table`);
    return position + offset;
  };
  const target = (slot: number): number => {
    const at = place(slot, 4);
    return at === 0 ? 0 : follow(file, at);
  };
  const vector = <T>(slot: number, width: number, read: (at: number) => T): FlatVector<T> => {
    const at = target(slot);
    if (at === 0) return { position: 0, length: 0, at: (index) => missing(index, 0) };
    const length = vectorLength(file, at, width);
    return {
      position: at,
      length,
      at: (index) => (index >= 0 && index < length ? read(at + 4 + width * index) : missing(index, length)),
    };
  };
  const missing = (index: number, length: number): never => {
    throw damaged(file, position, `item ${index} of ${length} does not exist`);
  };
  return {
    position,
    has: (slot) => place(slot, 1) !== 0,
    target,
    number(slot, kind, fallback = 0) {
      const at = place(slot, widths[kind]);
      return at === 0 ? fallback : readNumber(view, at, kind);
    },
    text(slot) {
      const at = target(slot);
      if (at === 0) return undefined;
      const length = vectorLength(file, at, 1);
      return new TextDecoder().decode(file.bytes.subarray(at + 4, at + 4 + length));
    },
    table(slot) {
      const at = target(slot);
      return at === 0 ? undefined : openTable(file, at);
    },
    tables: (slot) => vector(slot, 4, (at) => openTable(file, follow(file, at))),
    numbers: (slot, kind) => vector(slot, widths[kind], (at) => readNumber(view, at, kind)),
    bytes(slot) {
      const at = target(slot);
      if (at === 0) return undefined;
      return file.bytes.subarray(at + 4, at + 4 + vectorLength(file, at, 1));
    },
  };
}

function readNumber(view: DataView, at: number, kind: FlatNumber): number {
  switch (kind) {
    case 'int8':
      return view.getInt8(at);
    case 'uint8':
      return view.getUint8(at);
    case 'uint16':
      return view.getUint16(at, true);
    case 'int32':
      return view.getInt32(at, true);
    case 'uint32':
      return view.getUint32(at, true);
    case 'int64':
      return Number(view.getBigInt64(at, true));
    case 'uint64':
      return Number(view.getBigUint64(at, true));
    case 'float32':
      return view.getFloat32(at, true);
  }
}

/** Offsets only lead forward, so that nothing can lead back to where it came from. */
function follow(file: FlatFile, at: number): number {
  assertInside(file, at, 4);
  const offset = file.view.getUint32(at, true);
  if (offset === 0) throw damaged(file, at, 'an offset leads nowhere');
  assertInside(file, at + offset, 4);
  return at + offset;
}

function vectorLength(file: FlatFile, at: number, width: number): number {
  const length = file.view.getUint32(at, true);
  assertInside(file, at + 4, length * width);
  return length;
}

function assertInside(file: FlatFile, at: number, size: number): void {
  if (at < 0 || at + size > file.bytes.length) throw damaged(file, at, `${size} bytes lead out of the file`);
}

function damaged({ what, bytes }: FlatFile, at: number, reason: string): NearkinError {
  return new NearkinError('BAD_FORMAT', `${what} is damaged: at byte ${at} of ${bytes.length}, ${reason}.`, {
    details: { at, bytes: bytes.length },
  });
}
