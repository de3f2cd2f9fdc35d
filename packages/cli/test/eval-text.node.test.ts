import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGallery, createVectors, writeGallery } from '@nearkin/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawShape } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';
import { runProgram } from './run-program.js';

let root: string;
const in_ = (...names: string[]) => join(root, ...names);

/** A picture's vector are shares of red, green and blue where there is ink; a text's the weights of these words. */
const toyModule = `
const words = { red: [1, 0, 0], green: [0, 1, 0], blue: [0, 0, 1] };
const embedder = (id, one) => ({
  id,
  dim: 3,
  async embed(batch) {
    return { data: Float32Array.from(batch.flatMap(one)), dim: 3, count: batch.length };
  },
  dispose() {},
});
export const image = embedder('toy-image', ({ data, channels }) => {
  const sum = [0, 0, 0];
  for (let i = 0; i < data.length; i += channels)
    if (data[i] + data[i + 1] + data[i + 2] < 700) for (let c = 0; c < 3; c++) sum[c] += data[i + c] ** 2;
  return sum;
});
export const text = embedder('toy-text', (caption) =>
  caption.split(/\\W+/).reduce((sum, word) => sum.map((x, c) => x + (words[word]?.[c] ?? 0)), [1e-3, 1e-3, 1e-3]),
);
console.log('chatter');
`;

const pairs = [
  { image: 'red.png', captions: ['a red circle', 'a green thing'] },
  { image: 'green.png', captions: ['a green circle'] },
  { image: 'blue.png', captions: ['something red', 'blue'] },
];

const jsonLines = (lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin text – ö '));
  for (const color of ['red', 'green', 'blue'])
    await writeFile(in_(`${color}.png`), await drawShape(`${color} circle`, 32));
  await writeFile(in_('toy.mjs'), toyModule);
  await writeFile(in_('pairs.jsonl'), jsonLines(pairs));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('eval-text by a module', () => {
  it('gives the recalls and ranks that were counted by hand', async () => {
    const { code, json } = await runJson(['eval-text', in_('pairs.jsonl'), '--embedder', in_('toy.mjs'), '-k', '1,2']);
    expect(code).toBe(0);
    // The inks are #d22, #2a4 and #24c; the share of green in their squares is 0.02, 0.99 and 0.11, of red 1.00, 0.04
    // and 0.03. So 'a green thing' has green, blue, red.png: rank 3; 'something red' has red, green, blue.png: rank 3.
    expect(json.textToImage).toEqual({ 'R@1': 3 / 5, 'R@2': 3 / 5, medianRank: 1, meanRank: (1 + 3 + 1 + 3 + 1) / 5 });
    // red.png: 'a red circle' first. green.png: its own caption ties with 'a green thing', which stands before: 2.
    // blue.png: 'blue' first.
    expect(json.imageToText).toEqual({ 'R@1': 2 / 3, 'R@2': 1, medianRank: 1, meanRank: 4 / 3 });
    expect(json).toMatchObject({ images: 3, texts: 5, skipped: [] });
    const { json: usual } = await runJson(['eval-text', in_('pairs.jsonl'), '--embedder', in_('toy.mjs')]);
    expect(Object.keys(usual.textToImage)).toEqual(['R@1', 'R@5', 'R@10', 'medianRank', 'meanRank']);
    expect(Object.keys(usual.imageToText)).toEqual(['R@1', 'R@5', 'R@10', 'medianRank', 'meanRank']);
  });

  it('puts lines of one picture together, and passes over empty lines', async () => {
    const lines = pairs.flatMap(({ image, captions }) => captions.map((caption) => ({ image, captions: [caption] })));
    await writeFile(in_('flat.jsonl'), `\uFEFF\r\n${jsonLines(lines).replaceAll('\n', '\r\n\r\n')}`);
    const { json } = await runJson(['eval-text', in_('flat.jsonl'), '--embedder', in_('toy.mjs'), '-k', '1,2']);
    expect(json.textToImage['R@1']).toBe(3 / 5);
    expect(json).toMatchObject({ images: 3, texts: 5 });
  });

  it('leaves out pictures that are missing or broken, with their captions, and names them', async () => {
    await writeFile(in_('broken.png'), 'no picture');
    const lines = [...pairs, { image: 'gone.png', captions: ['x'] }, { image: 'broken.png', captions: ['y', 'z'] }];
    await writeFile(in_('gaps.jsonl'), jsonLines(lines));
    const { code, json, stderr } = await runJson(['eval-text', in_('gaps.jsonl'), '--embedder', in_('toy.mjs')]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ images: 3, texts: 5 });
    expect(json.skipped.map(({ image, code: why }: { image: string; code: string }) => [image, why])).toEqual([
      ['gone.png', 'NOT_FOUND'],
      ['broken.png', 'BAD_PICTURE'],
    ]);
    expect(stderr).toContain('gone.png');
  });

  it('finds the pictures from another folder, and prints a table', async () => {
    const elsewhere = await mkdtemp(join(root, 'elsewhere '));
    await writeFile(join(elsewhere, 'pairs.jsonl'), jsonLines(pairs));
    const args = ['eval-text', join(elsewhere, 'pairs.jsonl'), '--embedder', in_('toy.mjs'), '--photos', root];
    const { code, stdout } = await run([...args, '-k', '1']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/R@1 +60\.0 % +66\.7 %/);
    expect(stdout).toContain('3 pictures and 5 texts');
  });

  it('works as a program, whatever the module says', async () => {
    const args = ['eval-text', 'pairs.jsonl', '--embedder', 'toy.mjs', '--json'];
    const { code, stdout, stderr } = await runProgram(args, { cwd: root });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).textToImage['R@1']).toBe(3 / 5);
    expect(code).toBe(0);
  });
});

describe('eval-text by vectors', () => {
  const images = () => gallery('images.safetensors', { rows: [1, 0, 0, 1, 1, 1], ids: ['a.jpg', 'b.jpg', 'c.jpg'] });
  const texts = (labels: string[]) => gallery('texts.safetensors', { rows: [1, 0.1, 0.9, 1, 0.1, 1], labels });

  async function gallery(name: string, of: { rows: number[]; ids?: string[]; labels?: string[] }): Promise<string> {
    const vectors = createVectors(Float32Array.from(of.rows), 2);
    const ids = of.ids ?? of.rows.slice(0, vectors.count).map((_, i) => `t${i}`);
    await writeFile(in_(name), writeGallery(createGallery({ vectors, ids, labels: of.labels, modelId: name })));
    return in_(name);
  }

  it('gives the ranks that were counted by hand', async () => {
    const args = ['eval-text', '--images', await images(), '--texts', await texts(['a.jpg', 'c.jpg', 'c.jpg'])];
    const { code, json } = await runJson(args);
    expect(code).toBe(0);
    // t2 (0.1, 1) has b.jpg before c.jpg. b.jpg has no text, so it is not asked, but is there to be found.
    expect(json.textToImage).toMatchObject({ 'R@1': 2 / 3, 'R@5': 1, medianRank: 1 });
    expect(json.imageToText).toMatchObject({ 'R@1': 1, medianRank: 1 });
    expect(json).toMatchObject({ images: 3, texts: 3 });
  });

  it('keeps to the pictures of PAIRS, and names those without a vector', async () => {
    const lines = ['a.jpg', 'c.jpg', 'd.jpg'].map((image) => ({ image, captions: ['…'] }));
    await writeFile(in_('some.jsonl'), jsonLines(lines));
    const sides = ['--images', await images(), '--texts', await texts(['a.jpg', 'c.jpg', 'c.jpg'])];
    const { json } = await runJson(['eval-text', in_('some.jsonl'), ...sides]);
    expect(json).toMatchObject({ images: 2, texts: 3, skipped: [{ image: 'd.jpg', code: 'UNKNOWN_ID' }] });
    expect(json.textToImage['R@1']).toBe(1);
  });

  it('refuses a text of a picture that has no vector', async () => {
    const args = ['eval-text', '--images', await images(), '--texts', await texts(['a.jpg', 'z.jpg', 'c.jpg'])];
    const { code, json } = await runJson(args);
    expect([code, json.error.code]).toEqual([1, 'UNKNOWN_ID']);
    expect(json.error.message).toContain('z.jpg');
  });
});

describe('eval-text refuses', () => {
  const expectFailure = async (args: string[], code: string): Promise<string> => {
    const { code: exit, json } = await runJson(['eval-text', ...args]);
    expect([exit, json.error.code]).toEqual([1, code]);
    return json.error.message;
  };
  const byModule = () => [in_('pairs.jsonl'), '--embedder', in_('toy.mjs')];

  it('to guess where vectors come from', async () => {
    for (const args of [
      ['--images', 'i.safetensors'],
      [...byModule(), '--images', 'i.safetensors', '--texts', 't.safetensors'],
    ]) {
      const message = await expectFailure(args, 'INVALID_ARGUMENT');
      for (const way of ['--embedder', '--images']) expect(message).toContain(way);
    }
    for (const way of ['PAIRS.jsonl', '--images']) expect(await expectFailure([], 'INVALID_ARGUMENT')).toContain(way);
    expect(await expectFailure(['--embedder', in_('toy.mjs')], 'INVALID_ARGUMENT')).toContain('PAIRS.jsonl');
  });

  it('lines that are no pairs, by their number', async () => {
    for (const [line, what] of [
      ['{ "image": ', 'not JSON'],
      ['{ "captions": ["x"] }', 'without an image'],
      ['{ "image": "red.png" }', 'without captions'],
      ['{ "image": "red.png", "captions": [] }', 'without captions'],
      ['{ "image": "red.png", "captions": [" "] }', 'empty'],
      ['["red.png", "x"]', 'no object'],
    ]) {
      await writeFile(in_('bad.jsonl'), `${jsonLines(pairs.slice(0, 1))}\n${line}\n`);
      const message = await expectFailure([in_('bad.jsonl'), '--embedder', in_('toy.mjs')], 'BAD_FORMAT');
      expect(message).toContain('line 3');
      expect(message).toContain(what);
    }
    await writeFile(in_('empty.jsonl'), '\n');
    await expectFailure([in_('empty.jsonl'), '--embedder', in_('toy.mjs')], 'EMPTY_GALLERY');
    await expectFailure([in_('nowhere.jsonl'), '--embedder', in_('toy.mjs')], 'NOT_FOUND');
  });

  it('modules that are none, do not run or export something else', async () => {
    const pair = in_('pairs.jsonl');
    await expectFailure([pair, '--embedder', in_('nowhere.mjs')], 'NOT_FOUND');
    await expectFailure([pair, '--embedder', 'mobilenet/model.json'], 'NOT_FOUND');
    await writeFile(in_('throws.mjs'), 'throw new Error("out of paper")');
    expect(await expectFailure([pair, '--embedder', in_('throws.mjs')], 'BAD_MODEL')).toContain('out of paper');
    await writeFile(in_('half.mjs'), toyModule.replace('export const text', 'const text'));
    expect(await expectFailure([pair, '--embedder', in_('half.mjs')], 'BAD_MODEL')).toContain('`text`');
    await writeFile(in_('uneven.mjs'), `${toyModule}\ntext.dim = 4;`);
    await expectFailure([pair, '--embedder', in_('uneven.mjs')], 'DIMENSION_MISMATCH');
  });

  it('to go on when it is stopped', async () => {
    const { code, json } = await runJson(['eval-text', ...byModule()], { signal: AbortSignal.abort() });
    expect([code, json.error.code]).toEqual([1, 'ABORTED']);
  });
});
