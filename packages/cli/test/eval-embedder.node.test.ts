import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGallery, createRng, createVectors, type Gallery, readGallery, writeGallery } from '@nearkin/core';
import { evaluateTrec, readTrec } from '@nearkin/evaluation';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawAlbums, labels } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';
import { runProgram } from './run-program.js';

let root: string;
let albums: string;
const in_ = (...names: string[]) => join(root, ...names);

/** Five rows in the plane whose lists can be ranked by hand. */
const toy = createGallery({
  vectors: createVectors(Float32Array.of(1, 0, 0.9, 0.1, 0, 1, 0.2, 0.9, 0.8, 0.7), 2),
  ids: ['tom.jpg', 'kitty.jpg', 'rex.jpg', 'bello.jpg', 'bolt.jpg'],
  labels: ['cat', 'cat', 'dog', 'dog', 'dog'],
  modelId: 'toy',
});

async function keep(name: string, gallery: Gallery): Promise<string> {
  await writeFile(in_(name), writeGallery(gallery));
  return in_(name);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin embedder – ö '));
  albums = await drawAlbums(in_('albums'), { labels: labels.slice(0, 6), sizes: [28, 32, 36] });
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('eval-embedder', () => {
  it('asks each row against all others, as counted by hand', async () => {
    const file = await keep('toy.safetensors', toy);
    const { code, json, stderr } = await runJson(['eval-embedder', file, '-k', '1,3', '--episodes', 'none']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    // bolt.jpg alone has a wrong nearest row; see the docs of evaluateRetrieval for the list.
    expect(json.retrieval['hitRate@1']).toBe(0.8);
    expect(json.retrieval.apAtR).toBeCloseTo(0.85, 12);
    expect(json.retrieval.rPrecision).toBeCloseTo((1 + 1 + 1 + 1 + 0.5) / 5, 12);
    expect(json.retrieval).toHaveProperty('hitRate@3');
    expect(json.episodes).toEqual([]);
    expect(json.macro['hitRate@1']).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(json).toMatchObject({ queries: 5, classes: 2, galleryCount: 5, embedder: { id: 'toy', dim: 2 } });
  });

  it('asks against other vectors', async () => {
    const queries = createGallery({
      vectors: createVectors(Float32Array.of(1, 0.1, 1, 0.2), 2),
      ids: ['q1', 'q2'],
      labels: ['cat', 'dog'],
    });
    const [asked, gallery] = [await keep('asked.safetensors', queries), await keep('toy.safetensors', toy)];
    const { json } = await runJson(['eval-embedder', asked, '--gallery', gallery]);
    expect(json.retrieval['hitRate@1']).toBe(0.5);
    expect(json).toMatchObject({ queries: 2, galleryCount: 5, episodes: [] });
    const plain = await runJson(['eval-embedder', asked, '--gallery', gallery, '--distance', 'euclidean']);
    expect(plain.json.distance).toBe('euclidean');
  });

  it('runs episodes that can be told in advance, and the same ones for the same seed', async () => {
    const rng = createRng(1);
    const classes = 8;
    const each = 6;
    const vectors = (spread: number) =>
      createGallery({
        vectors: createVectors(
          Float32Array.from(
            { length: classes * each * classes },
            (_, i) => (i % classes === Math.floor(i / classes / each) ? 1 : 0) + spread * rng.normal(),
          ),
          classes,
        ),
        ids: Array.from({ length: classes * each }, (_, i) => `r${i}`),
        labels: Array.from({ length: classes * each }, (_, i) => `c${Math.floor(i / each)}`),
      });
    const sure = await keep('sure.safetensors', vectors(0.01));
    const perfect = await runJson(['eval-embedder', sure, '--episodes', '5x1,8x2', '--episode-count', '20']);
    expect(perfect.json.episodes).toMatchObject([
      { ways: 5, shots: 1, mean: 1, halfWidth95: 0, queriesPerClass: 5, episodes: 20, rule: 'max' },
      { ways: 8, shots: 2, mean: 1, halfWidth95: 0, queriesPerClass: 4 },
    ]);
    expect(perfect.json.episodes[0]).not.toHaveProperty('accuracies');
    const vague = await keep('vague.safetensors', vectors(0.7));
    const args = ['eval-embedder', vague, '--episodes', '5x1', '--episode-count', '40', '--rule', 'prototype'];
    const [a, b, c] = [await runJson(args), await runJson(args), await runJson([...args, '--seed', '1'])];
    expect(a.json.episodes).toEqual(b.json.episodes);
    expect(a.json.episodes[0].mean).not.toBe(c.json.episodes[0].mean);
    expect(a.json.episodes[0].mean).toBeLessThan(1);
    // Without --episodes: those there are classes for.
    const usual = await runJson(['eval-embedder', vague, '--episode-count', '5']);
    expect(usual.json.episodes).toMatchObject([{ ways: 5, shots: 1 }]);
  });

  it('embeds albums, bad pictures left out and named, and keeps the vectors', async () => {
    const folder = await drawAlbums(in_('half bad'), { labels: labels.slice(0, 3), sizes: [28, 32] });
    await writeFile(join(folder, labels[0]!, 'note.jpg'), 'not a picture');
    const saved = in_('kept', 'half bad.safetensors');
    const { code, json, stderr } = await runJson([
      'eval-embedder',
      folder,
      '--embedder',
      'filters',
      '--save-gallery',
      saved,
    ]);
    expect(code).toBe(0);
    expect(json.skipped).toMatchObject([{ image: `${labels[0]}/note.jpg`, code: 'BAD_PICTURE' }]);
    expect(stderr).toContain('note.jpg');
    expect(json).toMatchObject({ queries: 6, classes: 3, gallery: saved });
    const gallery = readGallery(await readFile(saved));
    expect(gallery.metadata![0]).toEqual({ picture: `../half bad/${gallery.ids[0]}` });
    const again = await runJson(['eval-embedder', saved]);
    expect(again.json.retrieval).toEqual(json.retrieval);
    expect(again.json.embedder).toEqual(json.embedder);
    // The report finds the pictures of a gallery file.
    const report = in_('of gallery.html');
    expect((await run(['eval-embedder', saved, '--report', report])).code).toBe(0);
    expect((await readFile(report, 'utf8')).match(/data:image\/webp/g)!.length).toBeGreaterThanOrEqual(6);
  });

  it('takes small drawings, white ink on black', async () => {
    const folder = in_('characters');
    const rng = createRng(3);
    for (const label of ['vertical', 'horizontal', 'dots']) {
      await mkdir(join(folder, label), { recursive: true });
      for (let i = 0; i < 4; i++) {
        const ink = Buffer.alloc(28 * 28);
        const at = 12 + Math.floor(rng.uniform() * 3);
        for (let p = 4; p < 24; p++) {
          if (label === 'vertical') ink.fill(255, p * 28 + at, p * 28 + at + 2);
          else if (label === 'horizontal') ink[at * 28 + p] = ink[(at + 1) * 28 + p] = 255;
          else if (p % 4 === 0) ink[p * 28 + at] = ink[p * 28 + at + 8] = 255;
        }
        await sharp(ink, { raw: { width: 28, height: 28, channels: 1 } }).toFile(join(folder, label, `${i}.png`));
      }
    }
    const { json } = await runJson([
      'eval-embedder',
      folder,
      '--embedder',
      'filters',
      '--episodes',
      '3x1',
      '--episode-count',
      '10',
    ]);
    expect(json.skipped).toEqual([]);
    expect(json.retrieval['hitRate@1']).toBe(1);
    expect(json.episodes).toMatchObject([{ ways: 3, shots: 1, mean: 1 }]);
  });

  it('writes one self-contained page: figures, queries, wrong labels, both maps', async () => {
    const folder = await drawAlbums(in_('with a lie'), { labels: labels.slice(0, 4), sizes: [28, 32, 36] });
    await writeFile(join(folder, labels[0]!, 'lie.png'), await readFile(join(folder, labels[1]!, '28.png')));
    const report = in_('pages', 'report.html');
    const args = [
      'eval-embedder',
      folder,
      '--embedder',
      'filters',
      '--report',
      report,
      '--episodes',
      '4x1',
      '--episode-count',
      '10',
    ];
    const { json } = await runJson(args);
    expect(json.report).toBe(report);
    const page = await readFile(report, 'utf8');
    expect(page).toMatch(/^<!doctype html>/i);
    for (const id of ['metrics', 'queries', 'mislabels', 'classes', 'curve', 'map'])
      expect(page).toContain(`id="${id}"`);
    expect(page).toContain(`${labels[0]}/lie.png`);
    expect(page).toContain('4-way 1-shot');
    expect(page).toContain('Map by PCA of 13 pictures');
    expect(page).toContain('Map by UMAP of 13 pictures');
    // The lie is a copy of another picture, and the same picture is kept once.
    expect(page.match(/data:image\/webp;base64,/g)).toHaveLength(12);
    expect(page).not.toMatch(/(src|href)="(?!data:|#)/);
    await run(args);
    expect(await readFile(report, 'utf8')).toBe(page);
    expect(await readdir(in_('pages'))).toEqual(['report.html']);
  });

  it('reports on rows that are all alike, or in two heaps', async () => {
    for (const [name, row] of [
      ['alike', () => [1, 2]],
      ['heaps', (i: number) => [i % 2, 1]],
    ] as const) {
      const vectors = createVectors(Float32Array.from(Array.from({ length: 40 }, (_, i) => row(i)).flat()), 2);
      const ids = Array.from({ length: 40 }, (_, i) => `${i}`);
      const file = await keep(
        'heaps.safetensors',
        createGallery({ vectors, ids, labels: ids.map((id) => `c${+id % 2}`) }),
      );
      const report = in_(`${name}.html`);
      const { code, json } = await runJson(['eval-embedder', file, '--report', report, '--episode-count', '5']);
      expect(code).toBe(0);
      // Where all are alike the first row is nearest to all others, which is right for 19 of them; it is itself asked
      // against the second row, which is wrong.
      expect(json.retrieval['hitRate@1']).toBe(name === 'heaps' ? 1 : 19 / 40);
      const page = await readFile(report, 'utf8');
      expect(page).toContain('Map by PCA');
      expect(page).not.toContain('NaN');
    }
  });

  it('writes what trec_eval reads, which gives the same figures', async () => {
    const folder = in_('trec');
    const { json } = await runJson(['eval-embedder', albums, '--embedder', 'filters', '--trec', folder]);
    const qrels = readTrec(await readFile(join(folder, 'qrels.txt'), 'utf8'), { kind: 'qrels' });
    const results = readTrec(await readFile(join(folder, 'run.txt'), 'utf8'), { kind: 'run' });
    expect(qrels.judgements).toHaveLength(18 * 2);
    expect(results.results).toHaveLength(18 * 17);
    expect(qrels.judgements.map(({ query }) => query)).toContain('red%20circle/28.png');
    const { mean } = evaluateTrec({ qrels, run: results });
    expect(mean['averagePrecision']).toBeCloseTo(json.retrieval.averagePrecision, 9);
    expect(mean['rPrecision']).toBeCloseTo(json.retrieval.rPrecision, 9);
  });

  it('prints tables for people and for papers', async () => {
    const file = await keep('toy.safetensors', toy);
    const plain = await run(['eval-embedder', file, '--episodes', '2x1', '--episode-count', '5']);
    expect(plain.stdout).toMatch(/apAtR +85\.0 %/);
    expect(plain.stdout).toContain('2-way 1-shot');
    expect(plain.stdout).toContain('5 pictures of 2 classes');
    const markdown = await run(['eval-embedder', file, '--format', 'markdown']);
    expect(markdown.stdout).toMatch(/\| apAtR \| 85\.0 % \|/);
    expect((await run(['eval-embedder', file, '--format', 'latex'])).stdout).toContain('\\begin{tabular}');
    const { retrieval } = JSON.parse((await run(['eval-embedder', file, '--format', 'json'])).stdout);
    expect(retrieval['hitRate@1']).toBe(0.8);
  });

  it('works as a program', async () => {
    const { code, stdout, stderr } = await runProgram(['eval-embedder', 'albums', '--json'], { cwd: root });
    // One sentence says which embedder it was, and nothing else.
    expect(stderr.trim()).toMatch(/^Done with the starter, .*--embedder/s);
    expect(JSON.parse(stdout)).toMatchObject({ queries: 18, classes: 6, episodes: [{ ways: 5, shots: 1 }] });
    expect(code).toBe(0);
  });
});

describe('eval-embedder refuses', () => {
  const expectFailure = async (args: string[], code: string) => {
    const { code: exit, json } = await runJson(['eval-embedder', ...args]);
    expect([exit, json.error.code]).toEqual([1, code]);
    return json.error.message as string;
  };

  it('what is not there or no gallery', async () => {
    await expectFailure([in_('nowhere')], 'NOT_FOUND');
    await expectFailure([in_('nowhere.safetensors')], 'NOT_FOUND');
    await writeFile(in_('broken.safetensors'), 'nothing');
    await expectFailure([in_('broken.safetensors')], 'BAD_FORMAT');
  });

  it('albums in which nothing can be found', async () => {
    const folder = await drawAlbums(in_('singles'), { labels: labels.slice(0, 3), sizes: [30] });
    await expectFailure([folder], 'NO_POSITIVES');
  });

  it('episodes of more classes than there are', async () => {
    expect(await expectFailure([albums, '--episodes', '20x1'], 'TOO_FEW_CLASSES')).toContain('got 6');
    await expectFailure([albums, '--episodes', '5x3'], 'TOO_FEW_CLASSES');
  });

  it('sources that contradict each other', async () => {
    const file = await keep('toy.safetensors', toy);
    await expectFailure([albums, '--gallery', `${albums}/`], 'INVALID_ARGUMENT');
    await expectFailure([file, '--embedder', 'model.json'], 'INVALID_ARGUMENT');
    await expectFailure([file, '--save-gallery', in_('x.safetensors')], 'INVALID_ARGUMENT');
    await expectFailure([albums, '--gallery', file], 'DIMENSION_MISMATCH');
  });

  it('options that make no sense, as usage', async () => {
    for (const option of [
      ['--episodes', '5'],
      ['--episodes', '0x1'],
      ['--episodes', '1x1'],
      ['-k', '0'],
      ['-k', '1,,5'],
      ['--rule', 'median'],
      ['--distance', 'angle'],
      ['--episode-count', '0'],
    ])
      expect((await run(['eval-embedder', albums, ...option])).code, option.join(' ')).toBe(2);
  });

  it('to go on when it is stopped', async () => {
    const outcome = await runJson(['eval-embedder', albums], { signal: AbortSignal.abort() });
    expect([outcome.code, outcome.json.error.code]).toEqual([1, 'ABORTED']);
  });
});
