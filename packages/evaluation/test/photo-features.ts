import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGallery, createVectors, type Gallery } from '@nearkin/core';

/** MobileNetV2 features of one photo set and role, as a gallery in file order. */
export function photoFeatures(folder: string, of: { set: string; role: string }): Gallery {
  const { dim, items } = JSON.parse(readFileSync(join(folder, 'v2-photos-dev.json'), 'utf8')) as {
    dim: number;
    items: { set: string; file: string; label: string; role: string }[];
  };
  const bytes = readFileSync(join(folder, 'v2-photos-dev.f32'));
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const rows = items.flatMap((item, row) => (item.set === of.set && item.role === of.role ? [row] : []));
  return createGallery({
    vectors: createVectors(
      Float32Array.from({ length: rows.length * dim }, (_, i) => all[rows[Math.floor(i / dim)]! * dim + (i % dim)]!),
      dim,
    ),
    ids: rows.map((row) => items[row]!.file),
    labels: rows.map((row) => items[row]!.label),
  });
}
