import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVectors, selectRows } from '@nearkin/core';
import { sharedData } from '../../../testing/shared-data.js';
import type { DataSet } from './data-set.js';

/**
 * Real MobileNetV2 embeddings of photos and of emoji, every eighth row a query.
 *
 * @returns nothing where the shared data is absent
 */
export function realFeatures(): DataSet[] {
  const folder = sharedData('features');
  if (!folder) return [];
  return ['photos', 'emoji'].map((what) => {
    const bytes = readFileSync(join(folder, `v2-${what}-dev.f32`));
    const { dim } = JSON.parse(readFileSync(join(folder, `v2-${what}-dev.json`), 'utf8')) as { dim: number };
    const all = createVectors(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4).slice(), dim);
    const numbers = Array.from({ length: all.count }, (_, row) => row);
    const rows = selectRows(
      all,
      numbers.filter((row) => row % 8 !== 0),
    );
    const queries = selectRows(
      all,
      numbers.filter((row) => row % 8 === 0),
    );
    return {
      name: `real-${what}`,
      title: `${rows.count} x ${dim}, MobileNetV2 embeddings of real ${what}, cosine`,
      metric: 'cosine' as const,
      rows,
      queries,
    };
  });
}
