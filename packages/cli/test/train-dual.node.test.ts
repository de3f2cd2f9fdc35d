import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawShape } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';

let root: string;
const in_ = (...names: string[]) => join(root, ...names);
const colors = ['red', 'green', 'blue'];
const shapes = ['circle', 'square'];
const quick = ['--size', '16', '--dim', '16', '--augment', 'none', '--batch-size', '6', '--captions-per-image', 'all'];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin train dual '));
  const lines: string[] = [];
  for (const color of colors)
    for (const shape of shapes) {
      const image = `${color} ${shape}.png`;
      await writeFile(in_(image), await drawShape(`${color} ${shape}`, 32));
      lines.push(JSON.stringify({ image, captions: [`a ${color} ${shape}`, `${shape} in ${color}`] }));
    }
  await writeFile(in_('pairs.jsonl'), `${lines.join('\n')}\n`);
  await writeFile(in_('broken.png'), 'no picture');
  const broken = JSON.stringify({ image: 'broken.png', captions: ['nothing'] });
  await writeFile(in_('with-broken.jsonl'), `${lines.join('\n')}\n${broken}\n`);
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('train-dual', () => {
  it('makes an encoder that finds the pictures it learned by words', async () => {
    const args = ['train-dual', in_('with-broken.jsonl'), '-o', in_('mine'), '--epochs', '50', ...quick];
    const { code, json } = await runJson([...args, '--quantize', 'uint8', '--learning-rate', '0.005']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ steps: 50, reason: 'epochs', dim: 16, validationPictures: 0 });
    expect(json.skipped).toMatchObject([{ image: 'broken.png', code: 'BAD_PICTURE' }]);
    expect(await readFile(in_('mine', 'training.html'), 'utf8')).toContain('<figure>');
    await expect(access(`${in_('mine')}.training`)).rejects.toThrow();
    const found = await runJson(['eval-text', in_('pairs.jsonl'), '--embedder', in_('mine'), '-k', '1']);
    expect(found.json.textToImage['R@1']).toBeGreaterThanOrEqual(10 / 12);
  }, 120_000);

  it('names the line that is wrong', async () => {
    await writeFile(in_('bad.jsonl'), '{"image":"a.png","captions":["a"]}\n{"image":"b.png"}\n');
    const { code, json } = await runJson(['train-dual', in_('bad.jsonl'), '-o', in_('none')]);
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ code: 'BAD_FORMAT', details: { line: 2 } });
  });

  it('needs two pictures that can be read', async () => {
    await writeFile(in_('one.jsonl'), '{"image":"red circle.png","captions":["a"]}\n');
    const { json } = await runJson(['train-dual', in_('one.jsonl'), '-o', in_('none')]);
    expect(json.error.code).toBe('EMPTY_GALLERY');
    await writeFile(in_('gone.jsonl'), '{"image":"x.png","captions":["a"]}\n{"image":"y.png","captions":["a"]}\n');
    const gone = await runJson(['train-dual', in_('gone.jsonl'), '-o', in_('none'), ...quick]);
    expect(gone.json.error.code).toBe('EMPTY_GALLERY');
  });

  it('refuses a command line that makes no sense', async () => {
    const { code } = await run(['train-dual', in_('pairs.jsonl'), '-o', in_('none'), '--captions-per-image', '0']);
    expect(code).toBe(2);
  });
});
