import { createGallery, createRng, createVectors } from '@nearkin/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../test/start-backend.js';
import { galleryData } from './gallery-data.js';

beforeAll(() => startBackend('cpu'));

const gallery = (labels: string[]) =>
  createGallery({
    vectors: createVectors(
      Float32Array.from({ length: labels.length * 2 }, (_, i) => i),
      2,
    ),
    ids: labels.map((_, i) => String(i)),
    labels,
  });
const options = { augment: true, rng: createRng(0) };

describe('galleryData', () => {
  it('gives the rows asked for, repeats too', async () => {
    const data = galleryData(gallery(['b', 'a', 'b']));
    expect([...data.labels]).toEqual([0, 1, 0]);
    expect(data.labelNames).toEqual(['b', 'a']);
    const batch = await data.batch([2, 0, 2], options);
    expect(batch.shape).toEqual([3, 2]);
    expect([...batch.dataSync()]).toEqual([4, 5, 0, 1, 4, 5]);
  });

  it('refuses rows without labels, and rows that there are not', () => {
    expect(() => galleryData(gallery(['a', '']))).toThrow(expect.objectContaining({ code: 'UNKNOWN_LABEL' }));
    expect(() => galleryData(gallery([]))).toThrow(expect.objectContaining({ code: 'EMPTY_GALLERY' }));
    for (const bad of [3, -1, 0.5])
      expect(() => galleryData(gallery(['a', 'a', 'b'])).batch([bad], options)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
  });
});
