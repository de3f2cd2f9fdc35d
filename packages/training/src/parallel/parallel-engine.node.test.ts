import {
  add,
  matMul,
  memory,
  mul,
  ones,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  tensor2d,
  variable,
} from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noise } from '../../test/compare-backends.js';
import { startBackend } from '../../test/start-backend.js';
import type { GradientEngine } from '../fit/gradient-engine.js';
import { singleThreadEngine } from '../fit/single-thread-engine.js';
import { createConvEmbedder } from '../models/conv-embedder.js';
import { createHead } from '../models/head.js';
import type { TrainableModel } from '../models/trainable-model.js';
import { enableWasmTraining } from '../wasm/enable-wasm-training.js';
import { createParallelEngine } from './create-parallel-engine.js';

const rebuild = new URL('../../test/dying-model.mjs', import.meta.url);

/** All rows against each other, so that no part of a batch knows its gradient alone; weighted by a weight of its own. */
const scale = { name: 'scale', variable: undefined as never as ReturnType<typeof variable> };
const lossOf = (rows: Tensor2D): Scalar =>
  sum(mul(square(sub(matMul(rows, rows, false, true), 0.3)), scale.variable)) as Scalar;

beforeAll(async () => {
  enableWasmTraining();
  await startBackend('wasm');
  scale.variable = variable(tensor([0.7]));
});

function smallNet(): TrainableModel {
  return createConvEmbedder({
    preprocessing: { width: 9, height: 8 },
    layers: [{ channels: 6, stride: 2 }, { channels: 8 }],
    dim: 5,
    seed: 3,
  });
}

const pictures = (rows: number, seed = 1) => tensor(noise(rows * 8 * 9 * 3, seed), [rows, 8, 9, 3]);

async function learn(engine: GradientEngine, inputs: Tensor) {
  const step = await engine.compute(inputs, lossOf, { seed: 1, lossWeights: [scale] });
  // They stand until the engine computes again.
  const gradients = Object.fromEntries(
    Object.entries(step.gradients).map(([name, gradient]) => [name, Float32Array.from(gradient)]),
  );
  return { ...step, gradients };
}

describe('createParallelEngine', () => {
  it.each([2, 3])('gives the gradients of one thread with %s, for batches of any size', async (workers) => {
    const model = smallNet();
    const alone = singleThreadEngine(model);
    const engine = await createParallelEngine(model, { workers });
    for (const rows of [8, 7, 2, 1]) {
      const inputs = pictures(rows, rows);
      const before = memory().numTensors;
      const wanted = await learn(alone, inputs);
      const got = await learn(engine, inputs);
      expect(memory().numTensors).toBe(before);
      expect(got.loss).toBeCloseTo(wanted.loss, 4);
      expect(Math.max(...got.embeddings.map((v, i) => Math.abs(v - wanted.embeddings[i]!)))).toBeLessThan(1e-6);
      expect(Object.keys(got.gradients)).toEqual(Object.keys(wanted.gradients));
      for (const [name, gradient] of Object.entries(wanted.gradients)) {
        const size = Math.max(1, ...gradient.map(Math.abs));
        const far = Math.max(...gradient.map((v, i) => Math.abs(v - got.gradients[name]![i]!)));
        expect(far / size, name).toBeLessThan(1e-5);
      }
      expect(await learn(engine, inputs)).toEqual(got);
      inputs.dispose();
    }
    engine.dispose();
    model.dispose();
  });

  it('follows the weights, survives a loss that throws, and takes calls that do not wait for one another', async () => {
    const model = smallNet();
    const engine = await createParallelEngine(model, { workers: 2 });
    const inputs = pictures(6);
    const first = await learn(engine, inputs);
    for (const { variable } of model.weights) variable.assign(add(variable, 0.1));
    const wanted = await learn(singleThreadEngine(model), inputs);
    const second = await learn(engine, inputs);
    expect(second.loss).toBeCloseTo(wanted.loss, 4);
    expect(Math.abs(second.loss - first.loss)).toBeGreaterThan(1e-3);

    const failing = () => {
      throw new TypeError('no loss today');
    };
    const answers = await Promise.allSettled([
      engine.compute(inputs, failing, { seed: 1, lossWeights: [] }),
      learn(engine, inputs),
      engine.compute(inputs, failing, { seed: 1, lossWeights: [] }),
      learn(engine, inputs),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(answers[0]).toMatchObject({ reason: { message: 'no loss today' } });
    expect(answers[3]).toEqual({ status: 'fulfilled', value: second });

    // A loss that does not depend on the rows.
    const constant = () => sum(ones([1])) as Scalar;
    const { loss, gradients } = await engine.compute(inputs, constant, { seed: 1, lossWeights: [] });
    expect(loss).toBe(1);
    expect(Object.keys(gradients)).toEqual(model.weights.map(({ name }) => name));
    for (const gradient of Object.values(gradients)) expect(gradient.every((slope) => slope === 0)).toBe(true);
    engine.dispose();
    model.dispose();
  });

  it('works on plain JavaScript too, and in this thread where one is enough', async () => {
    await startBackend('cpu');
    const model = smallNet();
    scale.variable.dispose();
    scale.variable = variable(tensor([0.7]));
    const inputs = pictures(3);
    const wanted = await learn(await createParallelEngine(model, { workers: 1 }), inputs);
    const engine = await createParallelEngine(model, { workers: 2 });
    expect((await learn(engine, inputs)).loss).toBeCloseTo(wanted.loss, 4);
    engine.dispose();
    model.dispose();
    await startBackend('wasm');
    scale.variable = variable(tensor([0.7]));
  });
});

describe('createParallelEngine with a module that builds the model', () => {
  const architecture = { kind: 'dying', side: 4, dim: 2 };
  let model: TrainableModel;
  beforeAll(async () => {
    const { default: build } = (await import(rebuild.href)) as { default: (facts: object) => TrainableModel };
    model = build(architecture);
  });
  afterAll(() => model.dispose());
  const batch = (first: number) => tensor2d([first, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [3, 4]);
  const compute = (engine: GradientEngine, first: number) =>
    engine.compute(batch(first), (rows) => sum(square(rows)) as Scalar, { seed: 1, lossWeights: [] });

  it('hands on what a model throws and goes on; says when a thread died and stays dead', async () => {
    const engine = await createParallelEngine(model, { workers: 2, rebuild });
    await expect(compute(engine, 13)).rejects.toMatchObject({ code: 'WORKER_FAILED', message: 'an unlucky batch' });
    const { loss, gradients } = await compute(engine, 0);
    // Rows sum to 6, 22 and 38, twice each.
    expect(loss).toBe(2 * (6 ** 2 + 22 ** 2 + 38 ** 2));
    expect([...gradients['kernel']!]).toEqual(
      [0, 1, 2, 3].flatMap((i) => Array(2).fill(2 * (6 * i + 22 * (i + 4) + 38 * (i + 8)))),
    );

    await expect(compute(engine, 666)).rejects.toMatchObject({ code: 'WORKER_FAILED' });
    await expect(compute(engine, 0)).rejects.toMatchObject({ code: 'WORKER_FAILED' });
    engine.dispose();
  });

  it('refuses an empty batch, and ends what waits when it is disposed of', async () => {
    const engine = await createParallelEngine(model, { workers: 2, rebuild });
    const nothing = tensor2d([], [0, 4]);
    await expect(
      engine.compute(nothing, (rows) => sum(rows) as Scalar, { seed: 1, lossWeights: [] }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const pending = compute(engine, 0);
    pending.catch(() => {});
    engine.dispose();
    engine.dispose();
    await expect(pending).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(compute(engine, 0)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('builds heads, whose dropout is that of one thread, but none whose centre is not told', async () => {
    const head = createHead({ inputDim: 4, dim: 2, hidden: [6], dropout: 0.5, seed: 5 });
    const engine = await createParallelEngine(head, { workers: 2 });
    const alone = await compute(singleThreadEngine(head), 2);
    const { gradients } = await compute(engine, 2);
    for (const [name, gradient] of Object.entries(alone.gradients)) {
      expect(Math.max(...gradient.map((v, i) => Math.abs(v - gradients[name]![i]!)))).toBeLessThan(1e-6);
    }
    engine.dispose();
    head.dispose();
    const centred = createHead({ inputDim: 4, center: [1, 2, 3, 4] });
    await expect(createParallelEngine(centred, { workers: 2 })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    centred.dispose();
  });

  it('refuses what threads cannot build', async () => {
    await expect(createParallelEngine(model, { workers: 2 })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const wider = { ...model, architecture: { ...architecture, side: 5 } };
    await expect(createParallelEngine(wider, { workers: 2, rebuild })).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
    });
    const elsewhere = new URL('nowhere.mjs', rebuild);
    await expect(createParallelEngine(model, { workers: 2, rebuild: elsewhere })).rejects.toMatchObject({
      code: 'WORKER_FAILED',
    });
  });

  it('refuses bad numbers and a fired signal', async () => {
    for (const workers of [0, 1.5, Number.NaN, 1000])
      await expect(createParallelEngine(model, { workers, rebuild })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    const options = { workers: 2, rebuild, signal: AbortSignal.abort() };
    await expect(createParallelEngine(model, options)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
