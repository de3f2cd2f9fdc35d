import { vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { clusters, codeOf, toy } from '../../test/toy-clusters.js';
import { buildIndex } from '../build/build-index.js';
import { createSearcher } from './create-searcher.js';

describe('createSearcher', () => {
  it('embeds and searches, and refuses an index of another model', async () => {
    const gallery = clusters(100, 16);
    const index = await buildIndex(gallery);
    const searcher = createSearcher(toy, index);
    const input = [...vectorAt(gallery.vectors, 9)];
    expect(await searcher.search(input, { k: 2 })).toEqual(index.search(input, { k: 2 }));
    expect(await searcher.searchBatch([input, input], { k: 1 })).toHaveLength(2);
    expect(await searcher.searchBatch([])).toEqual([]);
    expect(codeOf(() => createSearcher({ ...toy, id: 'other' }, index))).toBe('MODEL_MISMATCH');
    expect(codeOf(() => createSearcher({ ...toy, dim: 3 }, index))).toBe('DIMENSION_MISMATCH');
  });
});
