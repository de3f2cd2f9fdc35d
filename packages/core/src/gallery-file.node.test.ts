import { expect, it } from 'vitest';
import { createGallery } from './gallery.js';
import { readGallery, writeGallery } from './gallery-file.js';
import { createVectors } from './vectors.js';

it('reads a Node buffer, whose slices are views and not copies', () => {
  const gallery = createGallery({ vectors: createVectors(Float32Array.of(1, 2, 3, 4), 2), ids: ['a', 'b'] });
  expect(readGallery(Buffer.from(writeGallery(gallery)))).toEqual(gallery);
});
