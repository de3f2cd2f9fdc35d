import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGallery, createVectors, type Gallery, selectRows } from '@nearkin/core';

interface FeatureList {
  readonly dim: number;
  readonly items: readonly { readonly set: string; readonly file: string; readonly label: string }[];
}

/** MobileNetV2's vectors of all grocery photos: 35 classes of 15. @param folder `features` of the shared data */
export async function groceryFeatures(folder: string): Promise<Gallery> {
  const { dim, items }: FeatureList = JSON.parse(await readFile(join(folder, 'v2-photos-dev.json'), 'utf8'));
  const bytes = await readFile(join(folder, 'v2-photos-dev.f32'));
  const all = createVectors(new Float32Array(Uint8Array.from(bytes).buffer), dim);
  const rows = items.flatMap(({ set }, row) => (set === 'grocery' ? [row] : []));
  return createGallery({
    vectors: selectRows(all, rows),
    ids: rows.map((row) => items[row]!.file),
    labels: rows.map((row) => items[row]!.label),
  });
}
