import '@tensorflow/tfjs-backend-cpu';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setBackend } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cannotMount, mountTinyDisk } from '../../../../testing/tiny-disk.js';
import { blobs, linearModel, pairLoss, shuffledSampler } from '../../test/tiny-training.js';
import type { TrainableModel } from '../models/trainable-model.js';
import { sgd } from '../optimizers/sgd.js';
import { constantRate } from '../schedules/constant-rate.js';
import { fit } from './fit.js';
import type { FitOptions } from './fit-options.js';

let root: string;
beforeAll(async () => {
  await setBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'nearkin-fit-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const data = blobs();
const basic: FitOptions = { loss: pairLoss(), sampler: shuffledSampler(data, 16), steps: 10, seed: 3 };

/** Trains in a process of its own, on the sources. @param killAfter step after whose line the process is killed */
function trainInChild(args: readonly string[], killAfter = Number.POSITIVE_INFINITY): Promise<string> {
  const loader = new URL('../../../cli/scripts/source-loader.mjs', import.meta.url).href;
  const script = join(import.meta.dirname, '../../test/train-in-child.ts');
  const command = ['--conditions', 'nearkin-source', '--import', loader, script, ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if ([...out.matchAll(/step (\d+)\n/g)].some(([, step]) => Number(step) >= killAfter)) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(out);
      else reject(new Error(err));
    });
  });
}

const resultOf = (out: string) => JSON.parse(/^result (.*)$/m.exec(out)![1]!);

describe('checkpoints', () => {
  it('let a killed run go on to the very same weights', { timeout: 120_000 }, async () => {
    const target = join(root, 'killed');
    const whole = resultOf(await trainInChild([]));
    const first = await trainInChild([target, '5'], 33);
    expect(first).not.toContain('result');
    // Killed again, before and after other checkpoints.
    const second = await trainInChild([target, '5'], 71);
    expect(second).not.toContain('step 30\n');
    expect(second).not.toContain('result');
    const resumed = resultOf(await trainInChild([target]));
    expect(resumed.resumedAt).toBeGreaterThanOrEqual(65);
    expect({ ...resumed, resumedAt: undefined }).toEqual({ ...whole, resumedAt: undefined });
    // What is there does not depend on when it was written: an old one and a new one never mix.
    expect((await readdir(target)).filter((name) => !name.startsWith('.'))).toHaveLength(2);
  });

  it('are written at the end and when the signal fires', async () => {
    const target = join(root, 'aborted');
    const controller = new AbortController();
    const model = linearModel();
    const running = fit(model, data, {
      ...basic,
      steps: 50,
      checkpoint: { target, every: 1000 },
      signal: controller.signal,
      onProgress: ({ step }) => step === 7 && controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    const steps: number[] = [];
    const resume = { target, resume: true };
    const result = await fit(model, data, {
      ...basic,
      steps: 50,
      checkpoint: resume,
      onProgress: ({ step }) => steps.push(step),
    });
    expect(steps[0]).toBe(8);
    expect(result).toMatchObject({ resumedAt: 7, steps: 50 });
    expect(result.history.loss).toHaveLength(50);
    expect(await fit(model, data, { ...basic, steps: 50, checkpoint: resume })).toMatchObject({ resumedAt: 50 });
    // Without resume a run starts anew.
    expect((await fit(model, data, { ...basic, steps: 2, checkpoint: { target } })).resumedAt).toBeUndefined();
    model.dispose();
  });

  it('of another model or other settings are refused', async () => {
    const target = join(root, 'other');
    const model = linearModel();
    await fit(model, data, { ...basic, checkpoint: { target } });
    const checkpoint = { target, resume: true };
    const wider = linearModel({ dim: 4 });
    const before = [...wider.matrix.dataSync()];
    await expect(fit(wider, data, { ...basic, checkpoint })).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      message: expect.stringContaining('"dim":3'),
      details: { key: 'architecture' },
    });
    expect([...wider.matrix.dataSync()]).toEqual(before);
    const renamed = { ...wider, architecture: model.architecture };
    await expect(fit(renamed, data, { ...basic, checkpoint })).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      details: { key: 'weights' },
    });
    const others: [Partial<FitOptions>, string][] = [
      [{ seed: 4 }, 'seed'],
      [{ optimizer: sgd() }, 'optimizer'],
      [{ sampler: shuffledSampler(data, 8) }, 'batchSize'],
      [{ loss: { ...pairLoss(), name: 'other' } }, 'loss'],
      [{ weightAveraging: 0.9 }, 'averaged'],
      [{ accumulate: 2 }, 'accumulate'],
    ];
    for (const [options, key] of others)
      await expect(fit(model, data, { ...basic, ...options, checkpoint })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        details: { key },
      });
    model.dispose();
    wider.dispose();
  });

  it('that are damaged are refused', async () => {
    const target = join(root, 'damaged');
    const model = linearModel();
    const again = () => fit(model, data, { ...basic, checkpoint: { target, resume: true } });
    await fit(model, data, { ...basic, checkpoint: { target } });
    const json = await readFile(join(target, 'checkpoint.json'), 'utf8');
    const arrays = (await readdir(target)).find((name) => name.endsWith('.safetensors'))!;
    const bytes = await readFile(join(target, arrays));
    const spoilt: [string, string, string][] = [
      ['cut', json.slice(0, 90), 'BAD_FORMAT'],
      ['no object', 'null', 'BAD_FORMAT'],
      ['something else', '{}', 'BAD_FORMAT'],
      ['a changed number', json.replace('"step":10', '"step":11'), 'BAD_FORMAT'],
      ['a newer version', json.replace('"version":1', '"version":2'), 'UNSUPPORTED_VERSION'],
      ['a path that climbs', json.replace('arrays-', '../arrays-'), 'UNSAFE_PATH'],
    ];
    for (const [name, text, code] of spoilt) {
      await writeFile(join(target, 'checkpoint.json'), text);
      await expect(again(), name).rejects.toMatchObject({ code });
    }
    await writeFile(join(target, 'checkpoint.json'), json);
    const flipped = Uint8Array.from(bytes);
    flipped[flipped.length - 3] = flipped.at(-3)! ^ 1;
    await writeFile(join(target, arrays), flipped);
    await expect(again()).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    await writeFile(join(target, arrays), bytes.subarray(0, 100));
    await expect(again()).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    await writeFile(join(target, arrays), bytes);
    expect((await again()).resumedAt).toBe(10);
    model.dispose();
  });

  it('before a loss that is no number stay', async () => {
    const target = join(root, 'diverged');
    const model = linearModel();
    let turn = 0;
    const loss: FitOptions['loss'] = {
      ...pairLoss(),
      compute: (rows, targets) =>
        pairLoss()
          .compute(rows, targets)
          .mul(++turn > 8 ? Number.POSITIVE_INFINITY : 1),
    };
    const running = fit(model, data, { ...basic, loss, steps: 20, checkpoint: { target, every: 4 } });
    await expect(running).rejects.toMatchObject({
      code: 'NON_FINITE',
      message: expect.stringMatching(/step 9.*step 8 is whole/),
      details: { step: 9, checkpointStep: 8 },
    });
    const result = await fit(model, data, { ...basic, steps: 20, checkpoint: { target, resume: true } });
    expect(result.resumedAt).toBe(8);
    model.dispose();
  });

  it('are not written of weights that are no numbers', async () => {
    const target = join(root, 'overflown');
    const model = linearModel();
    const optimizer = {
      ...sgd(),
      update({ values, update }: { values: Float32Array; update: number }) {
        if (update === 3) values[0] = Number.NaN;
      },
    };
    const running = fit(model, data, { ...basic, optimizer, checkpoint: { target, every: 1 } });
    await expect(running).rejects.toMatchObject({ code: 'NON_FINITE', details: { step: 3, weight: 'matrix' } });
    expect(
      (await fit(model, data, { ...basic, optimizer: sgd(), checkpoint: { target, resume: true } })).resumedAt,
    ).toBe(2);
    model.dispose();
  });
});

describe('a full disk', () => {
  it('ends training with DISK_FULL; the checkpoint before and the weights stay', async ({ skip }) => {
    await using disk = mountTinyDisk('64k');
    if (!disk) return skip(cannotMount);
    const target = join(disk.path, 'run');
    // A rate that does not depend on how long the run is.
    const even = { ...basic, schedule: constantRate() };
    const model = linearModel();
    const moved = linearModel();
    const states: number[][] = [];
    const read = ({ weights }: TrainableModel) => weights.flatMap(({ variable }) => [...variable.dataSync()]);
    await fit(model, data, { ...even, steps: 4, checkpoint: { target } });
    const kept = await readFile(join(target, 'checkpoint.json'), 'utf8');
    await disk.fill(52_000);
    const running = fit(moved, data, { ...even, steps: 8, checkpoint: { target, resume: true, every: 2 } });
    await expect(running).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await readFile(join(target, 'checkpoint.json'), 'utf8')).toBe(kept);
    const twin = linearModel();
    await fit(twin, data, { ...even, steps: 8, onProgress: ({ step }) => step === 6 && states.push(read(twin)) });
    expect(read(moved)).toEqual(states[0]);
    await disk.empty();
    const result = await fit(moved, data, { ...even, steps: 8, checkpoint: { target, resume: true } });
    expect(result.resumedAt).toBe(4);
    expect(read(moved)).toEqual(read(twin));
    for (const each of [model, moved, twin]) each.dispose();
  });
});
