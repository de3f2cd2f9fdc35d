import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGallery, createVectors, type Gallery } from '@nearkin/core';
import { beforeAll, expect, it } from 'vitest';
import { describeWithData } from '../../../testing/shared-data.js';
import type { ClassifierOptions } from '../src/index.js';
import { buildClassifier } from '../src/index.js';
import { vectorEmbedder } from './toy-gallery.js';
import { useBackend } from './use-backend.js';

interface Item {
  readonly set: string;
  readonly file: string;
  readonly label: string;
  readonly role: string;
}

/** Photos never seen against albums, from MobileNetV2 embeddings: what a right build answers. */
describeWithData('accuracy on real photos', ['features'], ([folder]) => {
  const { dim, items } = JSON.parse(readFileSync(join(folder!, 'v2-photos-dev.json'), 'utf8')) as {
    dim: number;
    items: Item[];
  };
  const bytes = readFileSync(join(folder!, 'v2-photos-dev.f32'));
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const select = (set: string, role: string): Gallery => {
    const rows = [...items.keys()].filter((row) => items[row]!.set === set && items[row]!.role === role);
    const data = new Float32Array(rows.length * dim);
    rows.forEach((row, i) => {
      data.set(all.subarray(row * dim, (row + 1) * dim), i * dim);
    });
    return createGallery({
      vectors: createVectors(data, dim),
      ids: rows.map((row) => items[row]!.file),
      labels: rows.map((row) => items[row]!.label),
    });
  };
  const correct = async (set: string, options: ClassifierOptions) => {
    const classifier = buildClassifier(vectorEmbedder(dim), select(set, 'index'), options);
    const queries = select(set, 'query');
    const answers = await classifier.classifyVectors(queries.vectors, { k: 1 });
    classifier.dispose();
    return [answers.filter(([best], i) => best!.label === queries.labels[i]).length, answers.length];
  };
  beforeAll(() => useBackend('wasm'));

  it('grocery, max: 165 of 280', async () => expect(await correct('grocery', {})).toEqual([165, 280]));
  it('clothing, max: 104 of 160', async () => expect(await correct('clothing', {})).toEqual([104, 160]));
  it('clothing, prototype: 119 of 160', async () =>
    expect(await correct('clothing', { aggregation: 'prototype' })).toEqual([119, 160]));
  it('int8 within 1 point', async () => {
    for (const [set, aggregation, expected] of [
      ['grocery', 'max', 165],
      ['clothing', 'max', 104],
      ['clothing', 'prototype', 119],
    ] as const) {
      const [right, total] = await correct(set, { aggregation, quantize: 'int8' });
      expect(Math.abs(right! - expected) / total!).toBeLessThanOrEqual(0.01);
    }
  });
});
