import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vectorAt } from '@nearkin/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallGallery } from '../../test/small-gallery.js';
import { buildIndex } from '../build/build-index.js';
import type { SearchIndex } from '../state/search-index.js';
import { openIndex, openLazyIndex, saveIndex } from './index-file.js';
import { inspectFile } from './inspect-file.js';
import { openLastingIndex } from './lasting-index.js';

const queries = smallGallery({ count: 10, seed: 2 }).vectors;
const answers = (index: SearchIndex) =>
  Array.from({ length: queries.count }, (_, i) => index.search(vectorAt(queries, i), { k: 7 }));
const extra = smallGallery({ count: 50, seed: 3, prefix: 'new' });

describe('openLastingIndex', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nearkin-lasting-index-'));
    path = join(folder, 'photos.nearkin');
    await saveIndex(await buildIndex(smallGallery(), { kind: 'partitioned', partitions: 10 }), path);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('answers the same before and after it is opened again, compacted and rebalanced', async () => {
    const photos = await openLastingIndex(path, { modelId: 'model-a' });
    await photos.add(extra);
    await photos.remove(['photo 3', 'new 7']);
    // Brings photo 3 back.
    await photos.upsert(smallGallery({ count: 5, seed: 4 }));
    expect(photos.index.count).toBe(649);
    expect(photos.changes).toBe(3);
    const expected = answers(photos.index);
    expect(answers(await openIndex(path))).toEqual(expected);
    await expect(openLazyIndex(path)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(await inspectFile(path)).toMatchObject({ intact: true, generation: 0, log: { changes: 3, intact: true } });
    await photos.compact();
    expect(photos.changes).toBe(0);
    expect(answers(photos.index)).toEqual(expected);
    expect(answers(await openIndex(path))).toEqual(expected);
    expect(await inspectFile(path)).toMatchObject({ generation: 1, index: { count: 649 }, log: { changes: 0 } });
    const lazy = await openLazyIndex(path);
    expect(await lazy.search(vectorAt(queries, 0), { k: 7 })).toEqual(expected[0]);
    lazy.dispose();
    await photos.rebalance();
    const rebalanced = answers(photos.index);
    await photos.close();
    expect(answers(await openIndex(path))).toEqual(rebalanced);
  });

  it('refuses what the index refuses, and keeps nothing of it', async () => {
    const photos = await openLastingIndex(path);
    const refused: [Promise<unknown>, string][] = [
      [photos.add(smallGallery({ count: 2 })), 'DUPLICATE_ID'],
      [photos.add(smallGallery({ count: 2, dim: 5, prefix: 'x' })), 'DIMENSION_MISMATCH'],
      [photos.add({ ...extra, modelId: 'model-b' }), 'MODEL_MISMATCH'],
      [photos.remove(['photo 1', 'nobody']), 'UNKNOWN_ID'],
    ];
    for (const [attempt, code] of refused) await expect(attempt).rejects.toMatchObject({ code });
    expect(photos.changes).toBe(0);
    expect(photos.index.count).toBe(600);
    await photos.close();
    expect((await openIndex(path)).count).toBe(600);
  });

  it('shuts out other writers and other embedders', async () => {
    await expect(openLastingIndex(path, { modelId: 'model-b' })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
    const photos = await openLastingIndex(path);
    await expect(openLastingIndex(path)).rejects.toMatchObject({ code: 'LOCKED' });
    await expect(saveIndex(photos.index, path)).rejects.toMatchObject({ code: 'LOCKED' });
    await photos.close();
    await expect(photos.add(extra)).rejects.toMatchObject({ code: 'LOCKED' });
    await (await openLastingIndex(path)).close();
  });
});
