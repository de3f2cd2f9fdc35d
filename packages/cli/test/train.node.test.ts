import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadImageEmbedder } from '@nearkin/embedders';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawAlbums, labels } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';
import { runProgram } from './run-program.js';

let root: string;
let albums: string;
const in_ = (...parts: string[]) => join(root, ...parts);
/** A net and a run that are small enough for a test. */
const small = ['--size', '8', '--dim', '16', '--per-class', '2', '--classes-per-batch', '8', '--workers', '1'];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin train – ö '));
  albums = await drawAlbums(in_('albums'), { sizes: [24, 30, 36, 42] });
});
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));

describe('train', () => {
  it('makes an embedder that the other verbs take, with a report', { timeout: 120_000 }, async () => {
    const target = in_('net');
    const args = ['train', albums, '-o', target, ...small, '--epochs', '6', '--seed', '3'];
    const { code, json, stderr } = await runJson(args);
    expect(stderr).not.toContain('✖');
    expect(code).toBe(0);
    expect(json).toMatchObject({
      embedder: target,
      kind: 'conv',
      dim: 16,
      classes: 13,
      pictures: 52,
      validationClasses: 3,
      // 52 pictures in batches of 16 are 3 steps, six times.
      steps: 18,
      reason: 'steps',
      before: null,
      skipped: [],
    });
    expect(json.validation.apAtR).toBeGreaterThan(0);
    expect(json.best.metrics.apAtR).toBeCloseTo(json.validation.apAtR, 6);
    expect(existsSync(`${target}.training`)).toBe(false);
    const page = await readFile(join(target, 'training.html'), 'utf8');
    expect(page).toMatch(/<h2[^>]*>Training<\/h2>/);
    expect(page).toMatch(/class="line" d="M/);
    expect(page).toMatch(/data:image\/webp/);
    expect(page).not.toMatch(/(src|href)="https?:/);
    const embedder = await loadImageEmbedder(target);
    expect([embedder.id, embedder.dim]).toEqual([json.id, 16]);
    embedder.dispose();
    const built = await runJson(['build', albums, '-o', in_('classifier'), '--embedder', target]);
    expect(built.json).toMatchObject({ classes: 16, embedder: { id: json.id } });

    // The same command gives the same embedder.
    expect((await runJson([...args.slice(0, 3), in_('again'), ...args.slice(4)])).json.id).toBe(json.id);
  });

  it('trains a head on another embedder, and its last layers', { timeout: 120_000 }, async () => {
    const base = in_('base');
    const text = await run(['train', albums, '-o', base, ...small, '--epochs', '1', '--seed', '4']);
    expect(text.stdout).toMatch(/an embedder of 16 numbers, trained on 52 pictures of 13 classes/);
    expect(text.stdout).toContain('held-out classes');
    const common = ['--base', base, '--per-class', '2', '--classes-per-batch', '8', '--epochs', '8'];
    const head = await runJson(['train', albums, '-o', in_('with head'), ...common, '--loss', 'multiSimilarity']);
    expect(head.json).toMatchObject({ kind: 'head', dim: 16 });
    expect(head.json.before.apAtR).toBeGreaterThan(0);
    const tuned = await runJson([
      'train',
      albums,
      '-o',
      in_('tuned'),
      ...common,
      '--fine-tune',
      '1',
      '--quantize',
      'uint8',
    ]);
    expect(tuned.json).toMatchObject({ kind: 'fine-tune', dim: 16 });
    for (const folder of ['with head', 'tuned']) {
      const embedder = await loadImageEmbedder(in_(folder));
      expect(embedder.dim).toBe(16);
      embedder.dispose();
    }
    const unknown = await runJson(['train', albums, '-o', in_('none'), '--base', base, '--fine-tune', 'conv99']);
    expect(unknown.code).toBe(1);
    expect(unknown.json.error).toMatchObject({ code: 'UNKNOWN_LAYER', message: expect.stringContaining('conv4') });
  });

  it('keeps its state at Ctrl-C, says how to go on, and goes on', { timeout: 240_000 }, async () => {
    const target = in_('interrupted');
    const args = ['train', albums, '-o', target, ...small, '--epochs', '30', '--json'];
    const stopped = await runProgram(args, {
      onStart: (child) => {
        const watch = setInterval(() => {
          if (!existsSync(join(`${target}.training`, 'checkpoint.json'))) return;
          clearInterval(watch);
          child.kill('SIGINT');
        }, 20);
        child.on('close', () => clearInterval(watch));
      },
    });
    expect(stopped.code).toBe(1);
    const { error } = JSON.parse(stopped.stdout);
    expect(error).toMatchObject({ code: 'ABORTED', message: expect.stringContaining('--resume') });
    const wrong = await runJson([...args.slice(0, -1), '--resume', '--dim', '8']);
    expect(wrong.json.error).toMatchObject({ code: 'MODEL_MISMATCH' });
    const resumed = await runJson([...args.slice(0, -1), '--resume']);
    expect(resumed.code).toBe(0);
    expect(resumed.json.resumedAt).toBeGreaterThan(0);
    const whole = await runJson(['train', albums, '-o', in_('whole'), ...small, '--epochs', '30']);
    expect(resumed.json.id).toBe(whole.json.id);
  });

  it('ends at a loss that is no number, naming the step', async () => {
    const { code, json } = await runJson([
      ...['train', albums, '-o', in_('diverged'), ...small],
      ...['--epochs', '2', '--learning-rate', '1e30', '--validation', '0'],
    ]);
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ code: 'NON_FINITE', message: expect.stringMatching(/step \d+/) });
    expect(existsSync(in_('diverged'))).toBe(false);
  });

  it('says what is wrong with albums and options', { timeout: 120_000 }, async () => {
    const one = await drawAlbums(in_('one class'), { labels: labels.slice(0, 1), sizes: [20, 30] });
    const single = await drawAlbums(in_('single pictures'), { labels: labels.slice(0, 5), sizes: [30] });
    const mixed = await drawAlbums(in_('mixed'), { labels: labels.slice(0, 4), sizes: [30, 40] });
    await drawAlbums(mixed, { labels: labels.slice(4, 5), sizes: [30] });
    await mkdir(in_('empty'));
    const cases: [string[], string][] = [
      [[one], 'TOO_FEW_CLASSES'],
      [[single], 'NO_POSITIVES'],
      [[in_('empty')], 'EMPTY_ALBUM'],
      [[in_('nowhere')], 'NOT_FOUND'],
      [[mixed, '--classes-per-batch', '20'], 'TOO_FEW_CLASSES'],
      [[mixed, '--head'], 'INVALID_ARGUMENT'],
      [[mixed, '--base', albums, '--head', '--fine-tune', '1'], 'INVALID_ARGUMENT'],
      [[mixed, '--learning-rate', 'fast'], 'INVALID_ARGUMENT'],
    ];
    for (const [args, code] of cases) {
      const outcome = await runJson(['train', ...args, '-o', in_('bad')]);
      expect(outcome.json.error.code, args.join(' ')).toBe(code);
      expect(outcome.code).toBe(1);
    }
    expect((await run(['train', mixed, '-o', in_('bad'), '--loss', 'best'])).code).toBe(2);
    expect((await run(['train', mixed])).code).toBe(2);
    // A class of one picture is no error beside others, and a broken picture is left out.
    await writeFile(join(mixed, labels[0]!, 'broken.png'), 'no picture');
    const args = [
      'train',
      mixed,
      '-o',
      in_('mixed net'),
      '--size',
      '8',
      '--dim',
      '4',
      '--epochs',
      '1',
      '--per-class',
      '2',
    ];
    const { code, json, stderr } = await runJson(args);
    expect(code).toBe(0);
    expect(stderr).toMatch(/1 class has a single picture/);
    expect(stderr).toMatch(/No classes are held out/);
    expect(json).toMatchObject({ classes: 5, validation: null, skipped: [{ code: 'BAD_PICTURE' }] });
    expect(await readdir(in_('mixed net'))).toContain('training.html');
  });
});
