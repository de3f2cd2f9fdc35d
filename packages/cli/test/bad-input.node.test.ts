import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawAlbums, drawShape, labels } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';

let root: string;
let model: string;
const in_ = (...names: string[]) => join(root, ...names);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin-bad-'));
  model = in_('model');
  const albums = await drawAlbums(in_('albums'), { labels: labels.slice(0, 3), sizes: [30] });
  expect((await run(['build', albums, '-o', model, '--embedder', 'filters'])).code).toBe(0);
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** The command fails with the code, says so in both ways, and leaves no trace. */
async function expectFailure(args: string[], code: string): Promise<string> {
  const before = await tree(root);
  const asJson = await runJson(args);
  expect(asJson.json).toEqual({ error: { code, message: expect.any(String), details: expect.any(Object) } });
  expect(asJson.code).toBe(1);
  const asText = await run(args);
  expect(asText.code).toBe(1);
  expect(asText.stdout).toBe('');
  expect(asText.stderr).toContain(`✖ ${code}`);
  expect(asText.stderr).not.toMatch(/\n\s+at /);
  expect(await tree(root)).toEqual(before);
  return asJson.json.error.message;
}

async function tree(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

async function albumsWith(name: string, files: Record<string, Buffer | string>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(in_(name, path), '..'), { recursive: true });
    await writeFile(in_(name, path), content);
  }
  return in_(name);
}

describe('build refuses', () => {
  it('a folder that is not there', () => expectFailure(['build', in_('nowhere'), '-o', in_('out')], 'NOT_FOUND'));

  it('an empty folder', async () => {
    await mkdir(in_('empty'));
    await expectFailure(['build', in_('empty'), '-o', in_('out')], 'EMPTY_ALBUM');
  });

  it('an album without pictures', async () => {
    const albums = await albumsWith('one empty', { 'cat/1.png': await drawShape('red circle', 30) });
    await mkdir(join(albums, 'dog'));
    expect(await expectFailure(['build', albums, '-o', in_('out')], 'EMPTY_ALBUM')).toContain('dog');
  });

  it('one class only', async () => {
    const albums = await albumsWith('one class', { 'cat/1.png': await drawShape('red circle', 30) });
    await expectFailure(['build', albums, '-o', in_('out')], 'TOO_FEW_CLASSES');
  });

  it('zero pictures after errors: text named .jpg, a truncated JPEG', async () => {
    const jpeg = await sharp(await drawShape('red circle', 30))
      .jpeg()
      .toBuffer();
    const albums = await albumsWith('all bad', { 'cat/1.jpg': 'meow', 'dog/1.jpg': jpeg.subarray(0, 200) });
    expect(await expectFailure(['build', albums, '-o', in_('out')], 'EMPTY_GALLERY')).toContain('2 items');
  });

  it('to write where a file is', async () => {
    await writeFile(in_('in the way'), 'hello');
    await expectFailure(['build', in_('albums'), '-o', in_('in the way')], 'IO_ERROR');
    await expectFailure(['build', in_('albums'), '-o', in_('in the way', 'deeper')], 'IO_ERROR');
    expect(await readFile(in_('in the way'), 'utf8')).toBe('hello');
  });

  it('an embedder that is not there, or not a model', async () => {
    const albums = in_('albums');
    await expectFailure(['build', albums, '-o', in_('out'), '--embedder', in_('nowhere')], 'NOT_FOUND');
    await albumsWith('not a model', { 'model.json': '{"hello": "world"}' });
    await expectFailure(['build', albums, '-o', in_('out'), '--embedder', in_('not a model')], 'BAD_MODEL');
  });
});

describe('a picture', () => {
  it('over the pixel limit is refused from its header', async () => {
    // A PNG's header alone: 60,000 x 60,000 pixels, no data.
    const png = Buffer.from(await drawShape('red circle', 30));
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    await writeFile(in_('huge.png'), png);
    await expectFailure(['classify', model, in_('huge.png')], 'PICTURE_TOO_LARGE');
  });

  it('that is text, cut off, empty, missing or a folder without any is an error of its own', async () => {
    const png = await drawShape('red circle', 30);
    await writeFile(in_('text.jpg'), 'not a picture');
    await writeFile(in_('cut.png'), png.subarray(0, 100));
    await writeFile(in_('empty.png'), '');
    for (const name of ['text.jpg', 'cut.png', 'empty.png']) {
      expect(await expectFailure(['classify', model, in_(name)], 'BAD_PICTURE')).toContain(name);
      await expectFailure(['add', model, 'new', in_(name)], 'BAD_PICTURE');
    }
    await expectFailure(['classify', model, in_('missing.png')], 'NOT_FOUND');
    await expectFailure(['classify', model, join(root, 'one empty', 'dog')], 'EMPTY_ALBUM');
    await expectFailure(['classify', model, in_('text.jpg'), in_('cut.png')], 'EMPTY_GALLERY');
  });
});

describe('a model', () => {
  const verbs = (path: string) => [
    ['classify', path, in_('albums', labels[0]!, '30.png')],
    ['eval', path, in_('albums')],
    ['add', path, 'new', in_('albums', labels[0]!, '30.png')],
    ['remove', path, labels[0]!],
    ['export', path, '--format', 'graph', '-o', in_('out')],
  ];

  it('that is not there', async () => {
    for (const verb of verbs(in_('nowhere'))) await expectFailure(verb, 'NOT_FOUND');
    await expectFailure(['inspect', in_('nowhere')], 'NOT_FOUND');
  });

  it('that is something else', async () => {
    const folder = await albumsWith('something else', {
      'model.json': '{"format": "layers-model"}',
      'text.json': 'hello',
    });
    for (const verb of verbs(folder)) await expectFailure(verb, 'BAD_FORMAT');
    await expectFailure(['inspect', folder], 'BAD_FORMAT');
    await expectFailure(['inspect', join(folder, 'text.json')], 'BAD_FORMAT');
    await expectFailure(['inspect', in_('albums', labels[0]!, '30.png')], 'BAD_FORMAT');
  });

  it('that lost its rows, or has damaged ones', async () => {
    const rows = (await readdir(model)).find((name) => name.endsWith('.safetensors'))!;
    const bytes = await readFile(join(model, rows));
    await rm(join(model, rows));
    await expectFailure(['classify', model, in_('albums', labels[0]!, '30.png')], 'NOT_FOUND');
    const damaged = Buffer.from(bytes);
    damaged[damaged.length - 1]! ^= 1;
    await writeFile(join(model, rows), damaged);
    await expectFailure(['classify', model, in_('albums', labels[0]!, '30.png')], 'BAD_FORMAT');
    await writeFile(join(model, rows), bytes);
    expect((await run(['inspect', model])).code).toBe(0);
  });

  it('whose weights are missing or too short', async () => {
    const weights = (await readdir(model)).find((name) => name.endsWith('.bin'))!;
    const bytes = await readFile(join(model, weights));
    const picture = in_('albums', labels[0]!, '30.png');
    await rm(join(model, weights));
    expect(await expectFailure(['classify', model, picture], 'BAD_MODEL')).toContain(weights);
    await writeFile(join(model, weights), bytes.subarray(0, -4));
    await expectFailure(['classify', model, picture], 'BAD_FORMAT');
    await writeFile(join(model, weights), bytes);
    expect((await run(['classify', model, picture])).code).toBe(0);
  });

  it('asked for what it cannot do', async () => {
    await expectFailure(['remove', model, 'zebra'], 'UNKNOWN_LABEL');
    await expectFailure(['remove', model, '__proto__'], 'UNKNOWN_LABEL');
    await expectFailure(['export', model, '--format', 'graph', '-o', model], 'INVALID_ARGUMENT');
    await expectFailure(['export', model, '--format', 'graph', '-o', join(model, 'model.json')], 'INVALID_ARGUMENT');
    await expectFailure(['add', model, '', in_('albums', labels[0]!, '30.png')], 'INVALID_ARGUMENT');
    expect((await run(['remove', model, labels[2]!])).code).toBe(0);
    await expectFailure(['remove', model, labels[1]!], 'TOO_FEW_CLASSES');
  });
});

describe('a command line that makes no sense', () => {
  it.each([
    [['bild']],
    [['build', 'albums']],
    [['build', 'albums', '-o', 'x', '--aggregation', 'median']],
    [['build', 'albums', '-o', 'x', '--unknown-below', 'low']],
    [['classify', 'model']],
    [['classify', 'model', 'image', '-k', '0']],
    [['classify', 'model', 'image', '-k', '1.5']],
    [['remove', 'model']],
    [['remove', 'model', 'label', 'one too many']],
    [['export', 'model', '-o', 'x']],
    [['inspect', '--frobnicate', 'x']],
  ])('%j exits with 2', async (args) => {
    const { code, stdout, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('✖ INVALID_ARGUMENT');
    const asJson = await runJson(args);
    expect(asJson.code).toBe(2);
    expect(asJson.json.error.code).toBe('INVALID_ARGUMENT');
  });

  it('help and version exit with 0, every verb has examples', async () => {
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    for (const verb of ['build', 'classify', 'eval', 'add', 'remove', 'export', 'inspect', 'doctor']) {
      const { code, stdout } = await run([verb, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Examples:\n  $ nearkin ${verb}`);
    }
  });
});
