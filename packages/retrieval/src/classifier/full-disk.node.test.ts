import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cannotMount, mountTinyDisk } from '../../../../testing/tiny-disk.js';
import { toyGallery, vectorEmbedder } from '../../test/toy-gallery.js';
import { useBackend } from '../../test/use-backend.js';
import { buildClassifier } from './build-classifier.js';
import { loadClassifier } from './load-classifier.js';

describe('a full disk', () => {
  beforeAll(() => useBackend('cpu'));

  it('leaves the old classifier whole', async ({ skip }) => {
    await using disk = mountTinyDisk('64k');
    if (!disk) return skip(cannotMount);
    const embedder = vectorEmbedder(16);
    const classifier = buildClassifier(embedder, toyGallery({ labels: ['a', 'b'], sizes: [4], modelId: 'vectors' }));
    const target = join(disk.path, 'model');
    await classifier.save(target);
    const before = classifier.gallery;
    const many = toyGallery({ labels: ['many'], sizes: [4000], modelId: 'vectors' });
    classifier.addGallery({ ...many, ids: many.ids.map((id) => `more ${id}`) });
    await expect(classifier.save(target)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(classifier.gallery.ids.length).toBe(4008);
    const old = await loadClassifier(target, { embedder });
    expect(old.gallery).toEqual(before);
  });
});
