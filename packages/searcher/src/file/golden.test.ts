import { vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { goldenAnswers, goldenFile } from '../../test/golden-file.js';
import { smallGallery } from '../../test/small-gallery.js';
import { openIndex } from './index-file.js';
import { inspectFile } from './inspect-file.js';

const bytes = Uint8Array.from(atob(goldenFile), (character) => character.charCodeAt(0));
const { vectors } = smallGallery({ count: 4, dim: 8, seed: 2 });

describe('a file of version 1, written once', () => {
  it.each(['wasm', 'js'] as const)('opens and answers as it did, on every host, with %s', async (engine) => {
    const index = await openIndex(bytes, { engine });
    const answers = Array.from({ length: 4 }, (_, i) =>
      index.search(vectorAt(vectors, i), { k: 3, partitionsToSearch: 4 }),
    );
    expect(answers.map((hits) => hits.map(({ id }) => id))).toEqual(
      goldenAnswers.map((hits) => hits.map(({ id }) => id)),
    );
    for (const [i, hits] of goldenAnswers.entries())
      for (const [j, { score }] of hits.entries()) expect(answers[i]![j]!.score).toBeCloseTo(score, 5);
  });

  it('is whole', async () => {
    expect(await inspectFile(bytes)).toMatchObject({
      version: 1,
      intact: true,
      index: { count: 60, dim: 8, kind: 'partitioned' },
    });
  });
});
