/** Bytes that grow. Numbers are little-endian. */
export interface ByteSink {
  readonly length: number;
  push(bytes: Uint8Array): void;
  byte(value: number): void;
  uint32(value: number): void;
  float32(value: number): void;
  /** LEB128, whole numbers from 0 to 2^53 - 1. */
  varint(value: number): void;
  /** What was written, as a view that the next write may outdate. */
  view(): Uint8Array;
  clear(): void;
}

export function createByteSink(room = 256): ByteSink {
  let bytes = new Uint8Array(room);
  let view = new DataView(bytes.buffer);
  let length = 0;
  const ensure = (more: number) => {
    if (length + more <= bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * bytes.length, length + more));
    grown.set(bytes.subarray(0, length));
    bytes = grown;
    view = new DataView(bytes.buffer);
  };
  return {
    get length() {
      return length;
    },
    push(more) {
      ensure(more.length);
      bytes.set(more, length);
      length += more.length;
    },
    byte(value) {
      ensure(1);
      bytes[length++] = value;
    },
    uint32(value) {
      ensure(4);
      view.setUint32(length, value, true);
      length += 4;
    },
    float32(value) {
      ensure(4);
      view.setFloat32(length, value, true);
      length += 4;
    },
    varint(value) {
      ensure(8);
      let rest = value;
      while (rest >= 128) {
        bytes[length++] = (rest % 128) | 128;
        rest = Math.floor(rest / 128);
      }
      bytes[length++] = rest;
    },
    view: () => bytes.subarray(0, length),
    clear() {
      length = 0;
    },
  };
}
