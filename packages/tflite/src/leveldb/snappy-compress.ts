import { type ByteSink, createByteSink } from './byte-sink.js';

const hashBits = 14;
const windowBytes = 65_535;

/**
 * Compresses with snappy: greedy matches of at least four bytes, found by a table of where each hash was seen last.
 * Any snappy reader opens it; the bytes are not those that Google's own compressor chooses.
 *
 * @source https://github.com/google/snappy, format_description.txt
 */
export function snappyCompress(bytes: Uint8Array): Uint8Array {
  const sink = createByteSink(64 + bytes.length / 2);
  sink.varint(bytes.length);
  const seen = new Int32Array(1 << hashBits).fill(-1);
  let literal = 0;
  let at = 0;
  while (at + 4 <= bytes.length) {
    const word = wordAt(bytes, at);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits);
    const before = seen[slot]!;
    seen[slot] = at;
    if (before < 0 || at - before > windowBytes || wordAt(bytes, before) !== word) {
      // The longer nothing repeats, the larger the steps: data without repeats is passed over quickly.
      at += 1 + ((at - literal) >> 5);
      continue;
    }
    let length = 4;
    while (at + length < bytes.length && bytes[at + length] === bytes[before + length]) length++;
    pushLiteral(sink, bytes.subarray(literal, at));
    pushCopy(sink, { length, offset: at - before });
    at += length;
    literal = at;
  }
  pushLiteral(sink, bytes.subarray(literal));
  return sink.view().slice();
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function pushLiteral(sink: ByteSink, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const size = bytes.length - 1;
  if (size < 60) sink.byte(size << 2);
  else {
    const width = size < 0x100 ? 1 : size < 0x10000 ? 2 : size < 0x1000000 ? 3 : 4;
    sink.byte((59 + width) << 2);
    for (let i = 0; i < width; i++) sink.byte(Math.floor(size / 2 ** (8 * i)) & 255);
  }
  sink.push(bytes);
}

/** Copies of up to 64 bytes, distance in two bytes. */
function pushCopy(sink: ByteSink, { length, offset }: { length: number; offset: number }): void {
  for (let rest = length; rest > 0; rest -= 64) {
    sink.byte(((Math.min(64, rest) - 1) << 2) | 2);
    sink.byte(offset & 255);
    sink.byte(offset >> 8);
  }
}
