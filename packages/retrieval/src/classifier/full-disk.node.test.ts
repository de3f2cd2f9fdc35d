import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyGallery, vectorEmbedder } from '../../test/toy-gallery.js';
import { useBackend } from '../../test/use-backend.js';
import { buildClassifier } from './build-classifier.js';
import { loadClassifier } from './load-classifier.js';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(!canMount)('a full disk (needs root on Linux to mount a tiny one)', () => {
  let disk: string;
  let mounted = false;
  beforeAll(async () => {
    await useBackend('cpu');
    disk = await mkdtemp(join(tmpdir(), 'nearkin-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
      mounted = true;
    } catch {}
  });
  afterAll(() => mounted && execFileSync('umount', [disk]));

  it('leaves the old classifier whole', async ({ skip }) => {
    skip(!mounted, 'mounting is not allowed here');
    const embedder = vectorEmbedder(16);
    const classifier = buildClassifier(embedder, toyGallery({ labels: ['a', 'b'], sizes: [4], modelId: 'vectors' }));
    const target = join(disk, 'model');
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
