import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGallery, createVectors, type Embedder } from '@nearkin/core';
import { expect, it } from 'vitest';
import { buildIndex } from '../build/build-index.js';
import { openIndex } from '../file/index-file.js';
import { createClassifier } from './create-classifier.js';

const toy: Embedder<readonly number[]> = {
  id: 'toy',
  dim: 2,
  embed: async (batch) => createVectors(Float32Array.from(batch.flat()), 2),
  dispose() {},
};

const gallery = createGallery({
  vectors: createVectors(Float32Array.from([1, 0, 0, 1, -1, 0]), 2),
  ids: ['a', 'b', 'c'],
  labels: ['right', 'up', '__proto__'],
  modelId: 'toy',
});

it('a saved classifier keeps its thresholds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nearkin-'));
  try {
    const path = join(folder, 'three.nearkin');
    const unknown = async (classifier: ReturnType<typeof createClassifier<readonly number[]>>) =>
      (await classifier.classifyVectors(createVectors(Float32Array.from([1, 0.2, 0.1, 1, -1, 0.1]), 2), { k: 1 })).map(
        ([best]) => [best!.label, best!.unknown],
      );
    const byLabel = new Map([
      ['right', 0.99],
      ['__proto__', 0.999],
    ]);
    const classifier = createClassifier(toy, await buildIndex(gallery), { unknownBelow: byLabel });
    classifier.renameClass('right', 'east');
    const expected = [
      ['east', true], // cosine 0.981
      ['up', false],
      ['__proto__', true], // cosine 0.995
    ];
    expect(await unknown(classifier)).toEqual(expected);
    await classifier.save(path);
    const opened = await openIndex(path);
    expect(await unknown(createClassifier(toy, opened))).toEqual(expected);
    expect((await unknown(createClassifier(toy, opened, { unknownBelow: {} }))).flat()).not.toContain(true);
    await createClassifier(toy, opened, { unknownBelow: 0.99 }).save(path);
    expect(await unknown(createClassifier(toy, await openIndex(path)))).toEqual([
      ['east', true],
      ['up', false],
      ['__proto__', false],
    ]);
    const fewer = await openIndex(path);
    await createClassifier(toy, fewer, { unknownBelow: byLabelOf('up') }).save(path);
    const without = await openIndex(path);
    without.remove(['b']);
    expect((await unknown(createClassifier(toy, without))).flat()).not.toContain(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});

const byLabelOf = (label: string) => new Map([[label, 2]]);
