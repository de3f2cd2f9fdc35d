import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithData } from '../../../testing/shared-data.js';
import { run, runJson } from './run-in-process.js';

interface Captioned {
  readonly file: string;
  readonly captions: readonly string[];
}

// From captioned photos to answers, with encoders trained here. How good the answers are is another matter: neither the
// starter, which knows drawings, nor a net that saw fifty photos can tell photos by sentences.
describeWithData('COCO, 51 photos with 5 captions each', ['coco-captions'], ([photos]) => {
  let root: string;
  let listed: Captioned[];
  const in_ = (...names: string[]) => join(root, ...names);

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'nearkin coco '));
    listed = JSON.parse(await readFile(join(photos!, 'captions.json'), 'utf8'));
    const lines = listed.map(({ file, captions }) => JSON.stringify({ image: file, captions }));
    await writeFile(in_('pairs.jsonl'), lines.join('\n'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('goes from pictures to a bundle, an answer, a page and figures with the starter', async () => {
    const built = await runJson(['index', photos!, '-o', in_('starter')]);
    expect(built.json).toMatchObject({ rows: 51, words: true, skipped: [] });
    expect(built.stderr).toContain('Photos deserve MobileNetV3, CLIP or the like');
    const { json } = await runJson(['search', in_('starter'), listed[0]!.captions[0]!, '--html', in_('page.html')]);
    expect(json).toHaveLength(10);
    expect((await readFile(in_('page.html'), 'utf8')).match(/<img src="data:image\/webp/g)).toHaveLength(10);
    const measured = await runJson(['eval-text', in_('pairs.jsonl'), '--photos', photos!]);
    expect(measured.json).toMatchObject({ images: 51, texts: 255, skipped: [] });
    for (const side of ['textToImage', 'imageToText']) {
      const { 'R@1': first, 'R@10': ten } = measured.json[side];
      expect(first).toBeLessThanOrEqual(ten);
      expect(ten).toBeGreaterThan(0);
      expect(ten).toBeLessThanOrEqual(1);
    }
  }, 300_000);

  it('trains an encoder on the captions, and searches with it', async () => {
    const args = ['train-dual', in_('pairs.jsonl'), '--photos', photos!, '-o', in_('mine'), '--epochs', '2'];
    const trained = await run([...args, '--size', '32', '--dim', '16', '--validation', '0.2']);
    expect(trained.code, trained.stderr).toBe(0);
    const built = await runJson(['index', photos!, '-o', in_('own'), '--embedder', in_('mine')]);
    expect(built.json).toMatchObject({ rows: 51, dim: 16, words: true });
    const { json } = await runJson(['search', in_('own'), 'a man on a horse', '-k', '3']);
    expect(json).toHaveLength(3);
    expect((await runJson(['inspect', in_('mine')])).json).toMatchObject({ kind: 'dual encoder', dim: 16 });
  }, 300_000);
});
