import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as litert from '@litertjs/core';
import { createGallery, createRng, createVectors, l2Normalize } from '@nearkin/core';
import { loadTfliteEmbedder } from '@nearkin/embedders/node';
import { expect, it } from 'vitest';
import { describeWithData } from '../../../../testing/shared-data.js';
import { referenceScores } from '../../test/reference-scores.js';
import { smallClassifier, tinyEmbedder } from '../../test/small-models.js';
import { describeTflite } from '../metadata/describe-tflite.js';
import { exportTflite } from './export-tflite.js';

async function answer(bytes: Uint8Array, words: Int32Array): Promise<number[]> {
  const model = await litert.loadAndCompile(bytes, { accelerator: 'wasm' });
  const input = new litert.Tensor(words, [1, words.length]);
  const [output] = await model.run([input]);
  const values = [...(await output!.data())] as number[];
  model.delete();
  return values;
}

describeWithData('a base with a signature, metadata and files of its own', ['tflite-golden'], ([golden]) => {
  it('keeps them, and runs', async () => {
    // It starts the runtime.
    (await loadTfliteEmbedder(tinyEmbedder().bytes)).dispose();
    const base = new Uint8Array(readFileSync(join(golden!, 'regex_one_embedding_with_metadata.tflite')));
    const rng = createRng(2);
    const vectors = createVectors(
      Float32Array.from({ length: 6 * 16 }, () => rng.normal()),
      16,
    );
    const labels = ['a', 'a', 'b', 'b', 'c', 'c'];
    const gallery = createGallery({ vectors: l2Normalize(vectors), ids: [...'123456'], labels });
    const classifier = smallClassifier(gallery);
    const file = exportTflite(classifier, base);
    const words = Int32Array.from({ length: 256 }, (_, i) => (i * 37) % 5000);
    const expected = referenceScores(await answer(base, words), classifier);
    const received = await answer(file, words);
    received.forEach((score, c) => {
      expect(Math.abs(score - expected[c]!)).toBeLessThan(1e-5);
    });
    const before = describeTflite(base);
    const after = describeTflite(file);
    expect(before.files.map(({ name }) => name)).toEqual(['vocab.txt']);
    expect(after.files.map(({ name }) => name)).toEqual(['vocab.txt', 'labels.txt']);
    expect(after.metadata?.files).toContainEqual({ name: 'labels.txt', kind: 'tensor-axis-labels', of: 'output' });
    expect(after.metadata?.name).toBe(before.metadata?.name);
  });
});
