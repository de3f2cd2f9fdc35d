import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGallery, createVectors } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';
import { buildIndex, openSearcher, saveIndex } from '@nearkin/searcher';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawAlbums, drawShape, labels } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';
import { programCommand, runProgram } from './run-program.js';
import { saveTaughtEncoder, word } from './taught-encoder.js';

let root: string;
let photos: string;
let encoder: string;
let bundle: string;
const in_ = (...names: string[]) => join(root, ...names);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin words – ö '));
  photos = await drawAlbums(in_('photos'), { sizes: [28, 32, 36] });
  await writeFile(join(photos, labels[0]!, 'broken.jpg'), 'not a picture');
  encoder = await saveTaughtEncoder(in_('encoder'), photos);
  bundle = in_('photos-search');
  const { code, stdout, stderr } = await run([
    'index',
    photos,
    '-o',
    bundle,
    '--embedder',
    encoder,
    '--labels',
    '--userinfo',
    'mine',
  ]);
  expect(stderr).toContain('Left out 1 picture');
  expect(stdout).toContain('48 rows searchable');
  expect(stdout).toContain('"words"');
  expect(code).toBe(0);
});

afterAll(() => rm(root, { recursive: true, force: true }));

const ids = (json: readonly { id: string }[]) => json.map(({ id }) => id);

describe('a search bundle', () => {
  it('is a folder of its own that the library opens', async () => {
    expect((await readdir(root)).filter((name) => name.endsWith('.journal'))).toEqual([]);
    using searcher = await openSearcher<ImageInput>(bundle);
    expect(searcher.index.count).toBe(48);
    expect(searcher.userinfo).toBe('mine');
    expect(await searcher.checkThumbnails()).toEqual({ present: 48, missing: [] });
    const small = await sharp(await searcher.thumbnail(`${labels[0]}/32.png`)).metadata();
    expect(small).toMatchObject({ format: 'webp', width: 96, height: 96 });
  });

  it('is found in by words, by a picture, by both, by likeness', async () => {
    const byWords = await runJson(['search', bundle, word('red circle'), '-k', '1']);
    expect(byWords.json).toEqual([{ id: 'red circle/32.png', score: expect.closeTo(1, 4), label: 'red circle' }]);
    await writeFile(in_('new.png'), await drawShape('green square', 33));
    const byPicture = await runJson(['search', bundle, '--image', in_('new.png'), '-k', '2']);
    expect(byPicture.json.map(({ label }: { label: string }) => label)).toEqual(['green square', 'green square']);
    const both = ['search', bundle, word('red circle'), '--image', in_('new.png'), '-k', '1', '--image-weight'];
    expect(ids((await runJson([...both, '0'])).json)).toEqual(['red circle/32.png']);
    expect(ids((await runJson([...both, '9'])).json)[0]).toContain('green square');
    const like = await runJson(['search', bundle, '--like', 'red circle/32.png', '-k', '100']);
    expect(like.json).toHaveLength(47);
    expect(ids(like.json)).not.toContain('red circle/32.png');
    expect(ids((await runJson(['search', bundle, '--id', 'red circle/32.png', '-k', '1'])).json)).toEqual([
      'red circle/32.png',
    ]);
  });

  it('takes away, filters and cuts off', async () => {
    const all = (await runJson(['search', bundle, word('red circle'), '-k', '48'])).json;
    const without = (await runJson(['search', bundle, word('red circle'), '--not', word('red square'), '-k', '48']))
      .json;
    // What it is not loses more than what it is.
    const drop = (id: string) => {
      const [before, after] = [all, without].map((list) => list.find((hit: { id: string }) => hit.id === id).score);
      return before - after;
    };
    expect(drop('red square/32.png')).toBeGreaterThan(drop('red circle/32.png'));
    const labelled = await runJson(['search', bundle, word('red circle'), '--label', 'blue bars', '-k', '48']);
    expect(labelled.json).toHaveLength(3);
    const score = all[4].score;
    expect(
      (await runJson(['search', bundle, word('red circle'), '-k', '48', '--min-score', String(score - 1e-9)])).json,
    ).toEqual(all.slice(0, 5));
    const nothing = await run(['search', bundle, word('red circle'), '--min-score', '2']);
    expect(nothing.stdout).toContain('nothing');
    expect(nothing.code).toBe(0);
  });

  it('shows what was found on a page, from its own thumbnails when the pictures are gone', async () => {
    const moved = await mkdtemp(join(tmpdir(), 'nearkin-moved-'));
    await cp(bundle, join(moved, 'bundle'), { recursive: true });
    const page = in_('found.html');
    await run([
      'search',
      join(moved, 'bundle'),
      word('red circle'),
      '--not',
      word('blue bars'),
      '-k',
      '5',
      '--html',
      page,
    ]);
    const html = await readFile(page, 'utf8');
    expect(html.match(/<img src="data:image\/webp;base64,/g)).toHaveLength(5);
    expect(html).toContain(`${word('red circle')} − ${word('blue bars')}`);
    // Without thumbnails, and without pictures, names are left.
    for (const name of await readdir(join(moved, 'bundle')))
      if (name.startsWith('thumbnails-')) await unlink(join(moved, 'bundle', name));
    const { code } = await run(['search', join(moved, 'bundle'), word('red circle'), '-k', '5', '--html', page]);
    expect(code).toBe(0);
    expect(await readFile(page, 'utf8')).toContain('no picture');
    await rm(moved, { recursive: true });
  });

  it('says plainly what it cannot do', async () => {
    const cases: [string[], string][] = [
      [[bundle], 'INVALID_ARGUMENT'],
      [[bundle, ''], 'BAD_TEXT'],
      [[bundle, 'zebra crossing'], 'BAD_TEXT'],
      [[bundle, '猫'], 'BAD_TEXT'],
      [[bundle, word('red circle'), '--not', 'zebra'], 'BAD_TEXT'],
      [[bundle, '--like', 'nobody'], 'UNKNOWN_ID'],
      [[bundle, '--image', in_('missing.png')], 'NOT_FOUND'],
      [[bundle, '--id', 'red circle/32.png', '--not', 'x'], 'INVALID_ARGUMENT'],
      [[in_('nowhere'), word('red circle')], 'NOT_FOUND'],
      [[photos, word('red circle')], 'NOT_FOUND'],
      [[bundle, join(photos, 'red circle', '32.png')], 'INVALID_ARGUMENT'],
      [[bundle, `zzz ${'x'.repeat(100_000)}`], 'BAD_TEXT'],
    ];
    for (const [args, code] of cases) {
      const { json, code: status } = await runJson(['search', ...args]);
      expect([args, json.error?.code, status]).toEqual([args, code, 1]);
    }
  });

  it('of an encoder that knows no words says so', async () => {
    await run(['index', photos, '-o', in_('plain'), '--embedder', 'filters']);
    const { json } = await runJson(['search', in_('plain'), word('red circle')]);
    expect(json.error).toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining('no words') });
  });

  it('refuses another encoder than its own', async () => {
    const { json } = await runJson(['search', in_('plain'), '--embedder', encoder, word('red circle')]);
    expect(json.error.code).toBe('MODEL_MISMATCH');
  });
});

describe('inspect', () => {
  it('says what a search bundle holds, and what is damaged', async () => {
    const { json } = await runJson(['inspect', bundle]);
    expect(json).toMatchObject({
      kind: 'search bundle',
      version: 1,
      index: { count: 48, kind: 'flat' },
      encoder: { kind: 'dual encoder', words: { kind: 'hashed' }, pictures: { kind: 'model' } },
      thumbnails: 48,
      userinfo: 'mine',
      intact: true,
    });
    expect(json.bytes).toBe(
      json.files.reduce((sum: number, { bytes }: { bytes: number }) => sum + bytes, await rootSize(bundle)),
    );
    const { stdout } = await run(['inspect', bundle]);
    expect(stdout).toContain('48 of');
    expect(stdout).toContain('every file as written');

    const broken = in_('broken-bundle');
    await cp(bundle, broken, { recursive: true });
    const thumbnails = (await readdir(broken)).find((name) => /^thumbnails-.*bin$/.test(name))!;
    await unlink(join(broken, thumbnails));
    const told = await runJson(['inspect', join(broken, 'search.json')]);
    expect(told.json).toMatchObject({ intact: false });
    expect(told.json.files.filter(({ intact }: { intact: boolean }) => !intact)).toEqual([
      { name: thumbnails, bytes: null, intact: false },
    ]);
    expect((await run(['inspect', broken])).stdout).toContain(`DAMAGED: ${thumbnails}`);
  });

  it('says what a dual encoder holds, and the starter', async () => {
    const { json } = await runJson(['inspect', encoder]);
    expect(json).toMatchObject({ kind: 'dual encoder', words: { kind: 'hashed' }, pictures: { kind: 'model' } });
    const starter = await runJson(['inspect', 'starter']);
    expect(starter.json).toMatchObject({ kind: 'dual encoder', dim: 128, words: { kind: 'hashed' } });
    expect((await run(['inspect', 'starter'])).stdout).toContain('hashed words and parts of words');
  });
});

const rootSize = async (folder: string) => (await stat(join(folder, 'search.json'))).size;

describe('the encoder of a bundle elsewhere', () => {
  it('finds by words in an index file', async () => {
    const file = in_('photos.nearkin');
    await run(['index', photos, '-o', file, '--embedder', encoder]);
    const { json } = await runJson(['search', file, word('red circle'), '-k', '1', '--embedder', encoder]);
    expect(ids(json)).toEqual(['red circle/32.png']);
    expect((await runJson(['search', file, word('red circle')])).json.error.code).toBe('MODEL_MISMATCH');
  });

  it('is measured by eval-text', async () => {
    const lines = labels.map((label) => ({ image: `${label}/32.png`, captions: [word(label)] }));
    await writeFile(join(photos, 'pairs.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { json } = await runJson(['eval-text', join(photos, 'pairs.jsonl'), '--embedder', encoder]);
    expect(json.textToImage).toMatchObject({ 'R@1': 1, medianRank: 1 });
    expect(json.imageToText['R@1']).toBe(1);
    await run(['build', photos, '-o', in_('model'), '--embedder', encoder]);
    const classified = await runJson(['classify', in_('model'), join(photos, 'red circle', '28.png'), '-k', '1']);
    expect(classified.json[0].predictions[0].label).toBe('red circle');
    const pictures = await runJson(['eval-text', join(photos, 'pairs.jsonl'), '--embedder', in_('model')]);
    expect(pictures.json.error).toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('pictures alone'),
    });
  });
});

describe('an index of pictures that is interrupted', () => {
  it('goes on after a kill, and loses at most one batch', async () => {
    const out = in_('many-search');
    const args = ['index', photos, '-o', out, '--embedder', encoder, '--workers', '1', '--batch', '6'];
    const batches = async () =>
      (await readdir(`${out}.journal`).catch(() => [])).filter((name) => name.startsWith('batch-'));

    const [command, ...rest] = programCommand(args);
    const child = spawn(command!, rest, { stdio: 'ignore' });
    const closed = new Promise((done) => child.on('close', done));
    while ((await batches()).length < 3 && child.exitCode === null) await new Promise((done) => setTimeout(done, 5));
    child.kill('SIGKILL');
    await closed;
    const kept = (await batches()).length;
    expect(kept).toBeGreaterThanOrEqual(3);
    await expect(stat(out)).rejects.toThrow('ENOENT');

    const { stdout, code } = await runProgram([...args, '--json']);
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.rows).toBe(48);
    // Batches of six; the broken picture is in none of them.
    expect(report.resumed).toBeGreaterThanOrEqual(6 * kept - 1);
    expect(await batches()).toEqual([]);
    const { json } = await runJson(['search', out, word('red circle'), '-k', '3']);
    expect(json).toHaveLength(3);
  }, 400_000);
});

it('an index of another metric is asked as well', async () => {
  const rows = createGallery({
    vectors: createVectors(Float32Array.from([1, 0, 0, 1, 3, 3]), 2),
    ids: ['a', 'b', 'c'],
  });
  using index = await buildIndex(rows, { metric: 'squaredL2' });
  await saveIndex(index, in_('plain.nearkin'));
  expect(ids((await runJson(['search', in_('plain.nearkin'), '--like', 'a', '-k', '1'])).json)).toEqual(['b']);
});
