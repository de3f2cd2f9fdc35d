import { describe, expect, it } from 'vitest';
import { NearkinError } from './nearkin-error.js';
import { createRng } from './rng.js';
import { readSafetensors, type SafetensorsEntry, writeSafetensors } from './safetensors.js';

const tensors = new Map<string, SafetensorsEntry>([
  ['a', { dtype: 'F32', shape: [2, 2], bytes: new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer) }],
  ['empty', { dtype: 'F16', shape: [0, 7], bytes: new Uint8Array(0) }],
  ['scalar', { dtype: 'U8', shape: [], bytes: Uint8Array.of(9) }],
]);

/** A file by hand, so that the reader is not only tested with our own writer. */
function file(header: unknown, data = new Uint8Array(0)): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(data, 8 + json.length);
  return out;
}

const isBad = expect.objectContaining({ code: 'BAD_FORMAT' });

describe('safetensors', () => {
  it('reads what it wrote, tensors aligned to 64 bytes', () => {
    const bytes = writeSafetensors({ tensors, metadata: new Map([['format', 'test']]) });
    const back = readSafetensors(bytes);
    expect([...back.metadata]).toEqual([['format', 'test']]);
    expect([...back.tensors]).toEqual([...tensors]);
    expect(back.tensors.get('a')!.bytes.byteOffset % 64).toBe(0);
  });

  it('reads a file by another writer: no padding, entries in any order', () => {
    const header = {
      b: { dtype: 'I8', shape: [2], data_offsets: [1, 3] },
      a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
    };
    const back = readSafetensors(file(header, Uint8Array.of(1, 2, 3)));
    expect([...back.tensors.get('b')!.bytes]).toEqual([2, 3]);
  });

  it('takes names that are traps for objects', () => {
    const trap = new Map([
      ['__proto__', tensors.get('scalar')!],
      ['constructor', tensors.get('scalar')!],
    ]);
    expect([...readSafetensors(writeSafetensors({ tensors: trap })).tensors.keys()]).toEqual([
      '__proto__',
      'constructor',
    ]);
  });

  it('refuses damaged files with a reason', () => {
    const u8 = (parts: object) => ({ a: { dtype: 'U8', shape: [2], data_offsets: [0, 2], ...parts } });
    const two = Uint8Array.of(1, 2);
    const files: [Uint8Array, RegExp][] = [
      [new Uint8Array(3), /at least 8 bytes/],
      [Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255), /header claims/],
      [file('nonsense'), /not JSON/],
      [file('[]'), /not an object/],
      [file({ a: 1 }), /not an object/],
      [file({ __metadata__: { x: 1 } }), /not a string/],
      [file(u8({ dtype: 'F99' }), two), /unknown type/],
      [file(u8({ dtype: 'toString' }), two), /unknown type/],
      [file(u8({ shape: [-2] }), two), /no valid shape/],
      [file(u8({ shape: [2, 1.5] }), two), /no valid shape/],
      [file(u8({ shape: [2 ** 53 - 1, 2 ** 53 - 1] }), two), /expected .* bytes for its shape/],
      [file(u8({ data_offsets: [0] }), two), /no valid offsets/],
      [file(u8({ data_offsets: [2, 0] }), two), /its offsets span -2/],
      [file(u8({ data_offsets: [1, 3] }), two), /ends at 3, the data at 2/],
      [file(u8({ data_offsets: [1, 3] }), Uint8Array.of(1, 2, 3)), /starts at 1, expected 0/],
      [file(u8({}), Uint8Array.of(1, 2, 3)), /expected 2 bytes of data, got 3/],
      [
        file({ ...u8({}), b: { dtype: 'U8', shape: [2], data_offsets: [1, 3] } }, Uint8Array.of(1, 2, 3)),
        /must follow/,
      ],
    ];
    for (const [bytes, reason] of files) {
      expect(() => readSafetensors(bytes)).toThrow(reason);
      expect(() => readSafetensors(bytes)).toThrowError(isBad);
    }
  });

  it('meets every truncation and 5,000 flipped bytes with a typed error or a whole answer', () => {
    const bytes = writeSafetensors({ tensors, metadata: new Map([['k', 'v']]) });
    const tryReading = (damaged: Uint8Array) => {
      try {
        for (const { bytes: part } of readSafetensors(damaged).tensors.values())
          expect(part.length).toBeLessThanOrEqual(damaged.length);
      } catch (error) {
        if (!(error instanceof NearkinError)) throw error;
        expect(error.code).toBe('BAD_FORMAT');
      }
    };
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readSafetensors(bytes.subarray(0, length))).toThrowError(isBad);
    }
    const rng = createRng(1);
    for (let i = 0; i < 5000; i++) {
      const damaged = bytes.slice();
      damaged[rng.integer(damaged.length)]! ^= 1 + rng.integer(255);
      tryReading(damaged);
    }
  });

  it('refuses to write bytes that do not fit', () => {
    const wrong = new Map<string, SafetensorsEntry>([['a', { dtype: 'F32', shape: [3], bytes: new Uint8Array(11) }]]);
    expect(() => writeSafetensors({ tensors: wrong })).toThrow('expected 12 bytes');
  });
});
