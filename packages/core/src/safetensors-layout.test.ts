import { describe, expect, it } from 'vitest';
import { readSafetensors, readSafetensorsLayout, writeSafetensors } from './safetensors.js';

const bytes = writeSafetensors({
  tensors: new Map([
    ['z', { dtype: 'U16', shape: [2], bytes: Uint8Array.of(1, 2, 3, 4) }],
    ['a', { dtype: 'U8', shape: [3], bytes: Uint8Array.of(5, 6, 7) }],
  ]),
  metadata: new Map([['k', 'v']]),
});
const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
const header = bytes.subarray(8, 8 + headerBytes);

describe('readSafetensorsLayout', () => {
  it('finds in the file what readSafetensors finds, in the order in which it lies', () => {
    const layout = readSafetensorsLayout(header, bytes.length);
    expect([...layout.tensors.keys()]).toEqual(['z', 'a']);
    expect([...layout.metadata]).toEqual([['k', 'v']]);
    const { tensors } = readSafetensors(bytes);
    for (const [name, { start, end }] of layout.tensors)
      expect(bytes.subarray(start, end)).toEqual(tensors.get(name)!.bytes);
  });

  it('holds the header against the length of the file', () => {
    for (const length of [bytes.length - 1, bytes.length + 1, 0])
      expect(() => readSafetensorsLayout(header, length)).toThrowError(expect.objectContaining({ code: 'BAD_FORMAT' }));
  });
});
