import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClassifiedSample } from '@nearkin/evaluation';
import { loadClassifier } from '@nearkin/retrieval';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawAlbums } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';
import { runProgram } from './run-program.js';

const known = ['red circle', 'red square', 'green circle', 'green square', 'blue triangle'];
/** Blue circles are most like blue triangles, yellow ones like nothing. */
const strangers = ['blue circle', 'yellow bars', 'yellow circle'];

let root: string;
let built: string;
let albums: string;
const in_ = (...names: string[]) => join(root, ...names);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin calibrate – ö '));
  built = in_('built');
  const gallery = await drawAlbums(in_('gallery'), { labels: known, sizes: [30, 38] });
  const args = [
    'build',
    gallery,
    '-o',
    built,
    '--embedder',
    'filters',
    '--name',
    'Shapes',
    '--aggregation',
    'topM',
    '--unknown-below',
    '0.2',
  ];
  expect((await run(args)).code).toBe(0);
  albums = await drawAlbums(in_('albums'), { labels: [...known, ...strangers], sizes: [24, 28, 34, 42] });
  // Right answers with low scores, wrong ones with high scores.
  await cp(join(albums, 'red square', '34.png'), join(albums, 'red circle', 'a square.png'));
  await cp(join(albums, 'green square', '42.png'), join(albums, 'green circle', 'a square.png'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function copyModel(name: string): Promise<string> {
  await cp(built, in_(name), { recursive: true });
  return in_(name);
}

async function contents(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}

/** What a threshold gives, counted one by one. */
function count(samples: readonly ClassifiedSample[], threshold: number) {
  let [given, right, givenRight, wrong, givenWrong, outside, givenOutside] = [0, 0, 0, 0, 0, 0, 0];
  for (const { label, predicted, score } of samples) {
    const isGiven = score >= threshold;
    if (isGiven) given++;
    if (label === predicted) right++;
    else wrong++;
    if (isGiven && label === predicted) givenRight++;
    if (isGiven && label !== predicted) givenWrong++;
    if (!known.includes(label)) outside++;
    if (!known.includes(label) && isGiven) givenOutside++;
  }
  return { given, right, givenRight, wrong, givenWrong, outside, givenOutside };
}

describe('eval --calibrate', () => {
  it('reaches the best F1 that any threshold reaches, and says what it gives', async () => {
    const model = await copyModel('f1');
    const { code, json, stderr } = await runJson(['eval', model, albums, '--calibrate']);
    expect(code).toBe(0);
    expect(stderr).toContain('taken as examples of what is unknown');
    const { calibration, samples } = json;
    const f1 = (threshold: number) => {
      const { given, right, givenRight } = count(samples, threshold);
      return (2 * givenRight) / (given + right);
    };
    const best = Math.max(...samples.map(({ score }: ClassifiedSample) => f1(score)));
    expect(f1(calibration.threshold)).toBe(best);
    const { given, right, givenRight, wrong, givenWrong, outside, givenOutside } = count(
      samples,
      calibration.threshold,
    );
    expect(outside).toBe(12);
    expect(calibration).toMatchObject({
      objective: 'f1',
      target: null,
      precision: { correct: givenRight, total: given },
      recall: { correct: givenRight, total: right },
      falseAcceptRate: { correct: givenWrong, total: wrong },
      coverage: { correct: given, total: samples.length },
      unknownAccepted: { correct: givenOutside, total: outside },
    });
    const { value, low, high } = calibration.precision;
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThanOrEqual(value);
    // The evaluation beside it is that of the new threshold.
    expect(json.unknown.rejected).toBe(samples.length - given);
    expect(json.top1.correct).toBe(givenRight);
  });

  it('keeps a target precision, or a false accept rate, and gives as many answers as it can', async () => {
    for (const [option, target] of [
      ['--target-precision', 1],
      ['--target-precision', 0.9],
      ['--target-far', 0],
      ['--target-far', 0.3],
    ] as const) {
      const model = await copyModel(`${option} ${target}`);
      const { code, json } = await runJson(['eval', model, albums, '--calibrate', option, String(target)]);
      expect(code, option).toBe(0);
      const { calibration, samples } = json;
      const isReached = (threshold: number) => {
        const { given, givenRight, wrong, givenWrong } = count(samples, threshold);
        return option === '--target-far' ? givenWrong / wrong <= target : givenRight / given >= target;
      };
      const { threshold } = calibration;
      expect(isReached(threshold)).toBe(true);
      const most = Math.max(
        ...samples
          .filter(({ score }: ClassifiedSample) => isReached(score))
          .map(({ score }: ClassifiedSample) => count(samples, score).givenRight),
      );
      expect(count(samples, threshold).givenRight).toBe(most);
      expect(calibration.target).toBe(target);
    }
  });

  it('writes the threshold into the model and leaves the rest of it', async () => {
    const model = await copyModel('written');
    const { json } = await runJson(['eval', model, albums, '--calibrate', '--target-far', '0']);
    const { threshold } = json.calibration;
    using before = await loadClassifier(built);
    using after = await loadClassifier(model);
    expect(after.settings).toEqual({ ...before.settings, unknownBelow: threshold });
    expect(before.settings.unknownBelow).toBe(0.2);
    expect(after.gallery).toEqual(before.gallery);
    expect(after.embedder.id).toBe(before.embedder.id);
    const pictures = json.samples.map(({ id }: ClassifiedSample) => join(albums, id));
    const classified = await runJson(['classify', model, ...pictures]);
    const answers = classified.json.map(({ unknown }: { unknown: boolean }) => unknown);
    expect(answers).toEqual(json.samples.map(({ score }: ClassifiedSample) => score < threshold));
    expect(answers).toContain(true);
    expect(answers).toContain(false);
    const again = await runJson(['eval', model, albums]);
    expect(again.json.unknown).toEqual(json.unknown);
    expect(again.json).not.toHaveProperty('calibration');
  });

  it('prints what it chose, and shows it in the report', async () => {
    const model = await copyModel('shown');
    const report = in_('report.html');
    const args = ['eval', model, albums, '--calibrate', '--target-precision', '0.9', '--report', report];
    const { stdout } = await run(args);
    expect(stdout).toMatch(/answers “unknown” below -?\d\.\d{4} now \(precision 0\.9\)/);
    for (const name of ['precision', 'recall', 'false accepts', 'unknown classes', 'coverage'])
      expect(stdout).toMatch(new RegExp(`${name} .* of \\d+`));
    const page = await readFile(report, 'utf8');
    expect(page).toContain('below the threshold');
    for (const id of ['scores', 'map']) expect(page).toContain(`id="${id}"`);
    expect(page).toContain('Map by UMAP');
  });

  it('warns when the albums show nothing to refuse', async () => {
    const model = await copyModel('easy');
    const easy = await drawAlbums(in_('easy albums'), { labels: known.slice(0, 2), sizes: [34] });
    const { code, json, stderr } = await runJson(['eval', model, easy, '--calibrate']);
    expect(code).toBe(0);
    expect(json.calibration.falseAcceptRate).toMatchObject({ total: 0, value: null });
    expect(stderr).toContain('Every answer was right');
  });

  it('leaves the model whole when no threshold will do', async () => {
    const model = await copyModel('hopeless');
    const before = await contents(model);
    const wrong = await drawAlbums(in_('all wrong'), { labels: strangers, sizes: [34] });
    const none = await runJson(['eval', model, wrong, '--calibrate']);
    expect([none.code, none.json.error.code]).toEqual([1, 'NO_POSITIVES']);
    const mixed = await drawAlbums(in_('mostly wrong'), { labels: ['red circle'], sizes: [20] });
    await cp(join(in_('gallery'), 'red square', '30.png'), join(mixed, 'red circle', 'surest.png'));
    const unreachable = await runJson(['eval', model, mixed, '--calibrate', '--target-precision', '0.99']);
    expect([unreachable.code, unreachable.json.error.code]).toEqual([1, 'INVALID_ARGUMENT']);
    const aborted = await runJson(['eval', model, albums, '--calibrate'], { signal: AbortSignal.abort() });
    expect(aborted.json.error.code).toBe('ABORTED');
    expect(await contents(model)).toEqual(before);
  });

  it('takes one target, and only with --calibrate', async () => {
    for (const options of [
      ['--target-precision', '0.9'],
      ['--best-f1'],
      ['--calibrate', '--target-precision', '0.9', '--target-far', '0.1'],
      ['--calibrate', '--best-f1', '--target-far', '0.1'],
      ['--calibrate', '--target-precision', '1.1'],
    ])
      expect((await run(['eval', built, albums, ...options])).code, options.join(' ')).toBe(2);
  });

  it('works as a program', async () => {
    await copyModel('by program');
    const args = ['eval', 'by program', 'albums', '--calibrate', '--json'];
    const { code, stdout } = await runProgram(args, { cwd: root });
    expect(code).toBe(0);
    using after = await loadClassifier(in_('by program'));
    expect(after.settings.unknownBelow).toBe(JSON.parse(stdout).calibration.threshold);
  });
});
