import { describe, expect, it } from 'vitest';
import { createGallery } from './gallery.js';
import { readGallery, writeGallery } from './gallery-file.js';
import { createRng } from './rng.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { createVectors } from './vectors.js';

const gallery = createGallery({
  vectors: createVectors(Float32Array.of(1, -0, 1e-45, 3.4e38, 0.1, 5), 3),
  ids: ['köln/🦎.png', '__proto__'],
  labels: ['', 'línea\n"x"'],
  modelId: 'filters:1',
  metadata: [{ url: 'a' }, null],
});

describe('gallery file', () => {
  it('gives back exactly what was written', () => {
    const back = readGallery(writeGallery(gallery));
    expect(back).toEqual(gallery);
    expect(Object.is(back.vectors.data[1], -0)).toBe(true);
    const plain = createGallery({ vectors: gallery.vectors, ids: gallery.ids });
    expect(readGallery(writeGallery(plain))).toEqual(plain);
  });

  it('writes the same bytes for the same gallery, as plain safetensors', () => {
    const bytes = writeGallery(gallery);
    expect(bytes).toEqual(writeGallery(gallery));
    const { tensors, metadata } = readSafetensors(bytes);
    expect(tensors.get('vectors')).toMatchObject({ dtype: 'F32', shape: [2, 3] });
    expect(JSON.parse(new TextDecoder().decode(tensors.get('ids')!.bytes))).toEqual(gallery.ids);
    expect(metadata.get('modelId')).toBe('filters:1');
  });

  it('reads a file that does not start on a word', () => {
    const bytes = writeGallery(gallery);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(readGallery(shifted.subarray(1))).toEqual(gallery);
  });

  it('finds every truncation and every damaged byte of the data', () => {
    const bytes = writeGallery(gallery);
    for (let n = 0; n < bytes.length; n++)
      expect(() => readGallery(bytes.subarray(0, n))).toThrowError(expect.objectContaining({ code: 'BAD_FORMAT' }));
    const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const rng = createRng(2);
    for (let at = start; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << rng.integer(8);
      expect(() => readGallery(damaged)).toThrow('checksum');
    }
  });

  it('refuses other files and newer versions', () => {
    expect(() => readGallery(writeSafetensors({ tensors: new Map() }))).toThrow('format unknown');
    const { tensors, metadata } = readSafetensors(writeGallery(gallery));
    const newer = writeSafetensors({ tensors, metadata: new Map([...metadata, ['version', '2']]) });
    expect(() => readGallery(newer)).toThrowError(expect.objectContaining({ code: 'UNSUPPORTED_VERSION' }));
    const without = writeSafetensors({ tensors: new Map([...tensors].filter(([name]) => name !== 'ids')), metadata });
    expect(() => readGallery(without)).toThrow('ids is missing');
  });
});
