import { NearkinError, throwIfAborted } from '@nearkin/core';
import { createDualEncoder, type ImageEmbedder } from '@nearkin/embedders';
import { getBackend } from '@tensorflow/tfjs';
import { noteValidation } from '../fit/early-stop.js';
import { newRunState } from '../fit/run-state.js';
import { assertDistinctNames } from '../fit/single-thread-engine.js';
import { openTrainingWeights } from '../fit/training-weights.js';
import { weightAverage } from '../fit/weight-average.js';
import { clipLoss } from '../losses/clip-loss.js';
import type { TrainableWeight } from '../models/trainable-model.js';
import { adamW } from '../optimizers/adam-w.js';
import { warmupCosine } from '../schedules/warmup-cosine.js';
import { enableWasmTraining } from '../wasm/enable-wasm-training.js';
import { dualBatches } from './dual-batches.js';
import { learnedArrays, openDualCheckpoints } from './dual-checkpoint.js';
import { dualGradients } from './dual-gradients.js';
import type { DualEncoderOptions, DualPair, DualResult } from './dual-options.js';
import { planDual } from './dual-plan.js';
import type { DualTower } from './dual-tower.js';
import { validateDual } from './dual-validation.js';
import { openTowers } from './open-towers.js';
import { assertPairs, openChunks, preparePairs } from './prepared-pairs.js';

/**
 * Trains two towers so that pictures and texts that belong together lie near in one space.
 *
 * Each side learns from the ground up or is an embedder that stays as it is, with a projection head that learns. The
 * same seed gives the same weights on the same backend, interrupted and resumed or not, unless the clock ends the run.
 * Weights of given models, towers and losses are changed in place.
 *
 * @returns what happened, and the trained sides as embedders
 * @throws {NearkinError} `INVALID_ARGUMENT` for options, no pairs, or a picture without captions; `DIMENSION_MISMATCH`
 *   when the sides' spaces differ; `NON_FINITE` when training diverges; `ABORTED` by the signal, after a last checkpoint;
 *   `MODEL_MISMATCH` for a checkpoint of other towers; `DISK_FULL`, `IO_ERROR`; what reading or embedding an input throws
 * @example
 * const { encoder } = await fitDualEncoder(pairs, { image: mobileNet, text: createTextEncoder(), epochs: 10 });
 * await saveDualEncoder(encoder!, 'models/words-and-pictures');
 */
export async function fitDualEncoder<Image>(
  pairs: readonly DualPair<Image>[],
  options: DualEncoderOptions<Image>,
): Promise<DualResult<Image>> {
  const { signal, seed = 0, augment = true, validation, onProgress } = options;
  const { loss = clipLoss(), optimizer = adamW(), schedule = warmupCosine() } = options;
  assertPairs(pairs, 'pairs');
  if (validation) assertPairs(validation, 'validation');
  const towers = openTowers(options);
  throwIfAborted(signal);
  if (getBackend() === 'wasm') enableWasmTraining();
  const trained = await preparePairs(towers, pairs, options);
  const held = validation && (await preparePairs(towers, validation, options));
  const count = trained.images.count;
  const captionsOf = Array.from({ length: count }, (): number[] => []);
  trained.imageOf.forEach((image, caption) => {
    captionsOf[image]!.push(caption);
  });
  const { batchSize = Math.min(64, count), captionsPerImage = 1, chunkSize = batchSize } = options;
  const batches = dualBatches(captionsOf, { batchSize, captionsPerImage, seed });
  const plan = planDual({ ...options, batchSize, chunkSize, captionsPerImage }, batches.perEpoch);

  const sides = [
    { name: 'image', tower: towers.image as DualTower<never> },
    { name: 'text', tower: towers.text as DualTower<never> },
  ];
  const learning: TrainableWeight[] = [
    ...sides.flatMap(({ name, tower }) =>
      tower.model.weights.map((weight) => ({ ...weight, name: `${name}/${weight.name}` })),
    ),
    ...loss.weights,
  ];
  assertDistinctNames(learning);
  const weights = await openTrainingWeights(learning, optimizer);
  const tables = sides.flatMap(({ name, tower }) => (tower.table ? [{ name, table: tower.table.bag }] : []));
  const learned = learnedArrays({ weights, tables }).map(({ values }) => values);
  const average = options.weightAveraging === undefined ? undefined : weightAverage(learned, options.weightAveraging);
  const state = newRunState();
  const facts = {
    image: towers.image.model.architecture,
    text: towers.text.model.architecture,
    loss: loss.name,
    optimizer: optimizer.name,
    pairs: count,
    batchSize,
    captionsPerImage,
    averaged: average !== undefined,
    seed,
  };
  const run = { facts: JSON.parse(JSON.stringify(facts)) as typeof facts, weights, average, tables, state };
  const checkpoints = await openDualCheckpoints(run, options.checkpoint);
  const resumedAt = state.step > 0 ? state.step : undefined;
  const isOwnLoss = options.loss === undefined;

  /** Puts values into variables and tables; without any, those that are being trained. */
  const show = (values: readonly Float32Array[] = learned) => {
    weights.show(values.slice(0, weights.list.length));
    if (values === learned) return;
    tables.forEach(({ table }, i) => {
      table.values.set(values[weights.list.length + i]!);
    });
  };
  const started = performance.now();
  const seconds = () => state.secondsBefore + (performance.now() - started) / 1000;
  let stepSeconds = 0;
  let yielded = started;

  const validate = async () => {
    const own = average && tables.map(({ table }) => table.values.slice());
    if (average) show(average.values);
    const metrics = await validateDual(towers as never, held!, signal);
    const validated = { step: state.step, seconds: seconds(), metrics };
    noteValidation(state, validated, { earlyStopping: options.earlyStopping, weights: average?.values ?? learned });
    if (own) {
      tables.forEach(({ table }, i) => {
        table.values.set(own[i]!);
      });
      weights.show();
    }
    return validated;
  };
  const whyOver = (): DualResult<Image>['reason'] | undefined => {
    if (state.stopped) return 'early-stopping';
    if (state.step >= plan.steps) return plan.reason;
    return seconds() >= plan.maxSeconds ? 'time' : undefined;
  };

  try {
    if (resumedAt !== undefined) show();
    let reason = whyOver();
    while (reason === undefined) {
      if (performance.now() - yielded > 50) {
        // Signals and timers get their turn; a backend that computes in this thread never waits.
        await new Promise((resolve) => setTimeout(resolve, 0));
        yielded = performance.now();
      }
      if (signal?.aborted) {
        await checkpoints?.write(seconds());
        throwIfAborted(signal);
      }
      const stepStarted = performance.now();
      const share = Math.max((state.step + 0.5) / plan.steps, seconds() / plan.maxSeconds);
      const factor = schedule({ step: state.step, share: Math.min(1, share) });
      const batch = batches.batch(state.step);
      const chunks = await openChunks(towers, trained, { batch, chunkSize, seed, step: state.step, augment });
      const matches = { imageIds: batch.images, textIds: batch.captionImages };
      const step = await dualGradients({ ...chunks, loss, matches, weights });
      const rate = optimizer.learningRate * factor;
      if (!step.allFinite) throw diverged(step.loss, { step: state.step + 1, rate, kept: checkpoints?.lastStep });
      const clip = options.gradientClip;
      const norm = weights.update({ optimizer, learningRate: rate, update: state.step + 1, batches: 1, clip });
      step.learn(factor);
      weights.show();
      loss.afterStep();
      await readBack(loss.weights.map(({ name }) => name));
      average?.add(learned, state.step + 1);
      state.step++;
      state.loss.push(step.loss);
      state.learningRate.push(rate);
      state.gradientNorm.push(norm);
      stepSeconds += (performance.now() - stepStarted) / 1000;
      reason = whyOver();
      const isDue = held && (reason !== undefined || state.step % plan.validateEvery === 0);
      const validated = isDue ? await validate() : undefined;
      reason = whyOver();
      const done = state.step - (resumedAt ?? 0);
      onProgress?.({
        done: plan.isByTime ? Math.round(seconds()) : state.step,
        total: plan.isByTime ? Math.round(plan.maxSeconds) : plan.steps,
        phase: 'train',
        step: state.step,
        epoch: Math.floor(state.step / batches.perEpoch),
        loss: step.loss,
        learningRate: rate,
        imagesPerSecond: (done * batch.images.length) / stepSeconds,
        secondsLeft: plan.secondsLeft(state.step, seconds(), (performance.now() - started) / 1000 / done),
        ...(validated ? { metrics: validated.metrics } : {}),
      });
      if (reason === undefined) await checkpoints?.writeIfDue(plan.checkpointEvery, seconds());
    }
    await checkpoints?.write(seconds());
    const isBestKept = options.earlyStopping?.restoreBest !== false && state.best;
    show(isBestKept ? isBestKept.values : (average?.values ?? learned));
    const [image, text] = [await towers.image.toEmbedder(), await towers.text.toEmbedder()];
    return Object.freeze({
      reason,
      steps: state.step,
      seconds: seconds(),
      history: Object.freeze({
        loss: state.loss,
        learningRate: state.learningRate,
        gradientNorm: state.gradientNorm,
        validations: state.validations,
      }),
      ...(state.best ? { best: state.best.validation } : {}),
      ...(resumedAt === undefined ? {} : { resumedAt }),
      image,
      text,
      ...('preprocessing' in image
        ? { encoder: createDualEncoder({ image: image as unknown as ImageEmbedder, text }) }
        : {}),
    });
  } finally {
    if (isOwnLoss) loss.dispose();
  }

  /** Bounds that the loss keeps hold for the values that the optimiser moves, too. */
  async function readBack(names: readonly string[]): Promise<void> {
    for (const { weight, values } of weights.list)
      if (names.includes(weight.name)) values.set((await weight.variable.data()) as Float32Array);
  }
}

function diverged(loss: number, at: { step: number; rate: number; kept: number | undefined }): NearkinError {
  const { step, rate, kept } = at;
  const what = Number.isFinite(loss) ? 'a gradient is not finite' : `the loss became ${loss}`;
  const rest = kept === undefined ? '' : ` The checkpoint of step ${kept} is whole.`;
  return new NearkinError(
    'NON_FINITE',
    `Training ended at step ${step}: ${what}, at a learning rate of ${rate.toPrecision(3)}. Lower the learning rate, clip gradients, or look for broken inputs.${rest}`,
    { details: { step, learningRate: rate } },
  );
}
