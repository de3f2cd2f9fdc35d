import { NearkinError, throwIfAborted } from '@nearkin/core';
import { getBackend } from '@tensorflow/tfjs';
import type { TrainingData } from '../data/training-data.js';
import type { TrainableModel } from '../models/trainable-model.js';
import { adamW } from '../optimizers/adam-w.js';
import { warmupCosine } from '../schedules/warmup-cosine.js';
import { enableWasmTraining } from '../wasm/enable-wasm-training.js';
import { openBatchStream } from './batch-stream.js';
import { openCheckpoints } from './checkpoint.js';
import { collapseMonitor } from './collapse-monitor.js';
import { noteValidation } from './early-stop.js';
import { embedData } from './embed-data.js';
import type { FitOptions, FitResult, Validation } from './fit-options.js';
import { planRun, type RunPlan, shareDone } from './run-plan.js';
import { newRunState } from './run-state.js';
import { assertDistinctNames, singleThreadEngine } from './single-thread-engine.js';
import { stepGradients } from './step-gradients.js';
import { openTrainingWeights } from './training-weights.js';
import { weightAverage } from './weight-average.js';

/**
 * Trains a model on batches of data until it has done its steps, its time is over, or a metric no longer gets better.
 *
 * The same seed gives the same weights on the same backend, interrupted and resumed or not, unless the clock ends the
 * run. The weights of the model and of the loss are changed in place.
 *
 * @returns what happened, step by step, and why it ended
 * @throws {NearkinError} `INVALID_ARGUMENT`; `NON_FINITE` when loss or gradients are no numbers any more (the weights
 *   are then those before that step); `ABORTED` by the signal, after a last checkpoint; `DISK_FULL` or `IO_ERROR` when a
 *   checkpoint cannot be written (the one before it stays, and so do the weights); `MODEL_MISMATCH` for a checkpoint of
 *   another model
 * @example
 * const { reason, history } = await fit(model, data, { loss: contrastiveLoss(), sampler, epochs: 10 });
 */
export async function fit(model: TrainableModel, data: TrainingData, options: FitOptions): Promise<FitResult> {
  const { loss, signal, validate, earlyStopping, gradientClip, accumulate = 1, seed = 0, onProgress } = options;
  const { optimizer = adamW(), schedule = warmupCosine(), augment = true } = options;
  const plan = planRun(data, options);
  throwIfAborted(signal);
  if (getBackend() === 'wasm') enableWasmTraining();
  const trained = [...model.weights, ...loss.weights];
  assertDistinctNames(trained);
  const weights = await openTrainingWeights(trained, optimizer);
  const values = weights.list.map((entry) => entry.values);
  const average = options.weightAveraging === undefined ? undefined : weightAverage(values, options.weightAveraging);
  const shown = average?.values ?? values;
  const state = newRunState();
  const checkpoints = await openCheckpoints({ model, options, optimizer, weights, average, state });
  const resumedAt = state.step > 0 ? state.step : undefined;
  if (resumedAt !== undefined) weights.show();
  const monitor = options.monitor === false ? undefined : (options.monitor ?? collapseMonitor());
  const engine = options.engine ?? singleThreadEngine(model);
  const stream = openBatchStream(data, { sampler: options.sampler, seed, augment, from: state.position });
  const started = performance.now();
  const seconds = () => state.secondsBefore + (performance.now() - started) / 1000;
  let stepSeconds = 0;
  let samplesLearned = 0;
  let yielded = started;

  const embed = (some: TrainingData) => embedData(model, some, { signal });
  const runValidation = async (): Promise<Validation> => {
    weights.show(shown);
    const metrics = { ...(await validate!(embed)) };
    weights.show();
    const validation = { step: state.step, seconds: seconds(), metrics };
    noteValidation(state, validation, { earlyStopping, weights: shown });
    return validation;
  };
  const whyOver = (): FitResult['reason'] | undefined => {
    if (state.stopped) return 'early-stopping';
    if (plan.steps !== undefined && state.step >= plan.steps) return plan.reason;
    return plan.maxSeconds !== undefined && seconds() >= plan.maxSeconds ? 'time' : undefined;
  };
  const pause = async () => {
    // Signals and timers get their turn now and then; a backend that computes in this thread never waits.
    if (performance.now() - yielded < 50) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    yielded = performance.now();
  };

  try {
    let reason = whyOver();
    while (reason === undefined) {
      await pause();
      if (signal?.aborted) {
        await checkpoints?.write(seconds());
        throwIfAborted(signal);
      }
      const stepStarted = performance.now();
      const rate =
        optimizer.learningRate *
        schedule({ step: state.step, share: shareDone(plan, { step: state.step, seconds: seconds() }) });
      const step = await stepGradients({
        stream,
        engine,
        weights,
        state,
        seed,
        accumulate,
        options,
        dim: model.dim,
        monitor,
      });
      const bad = !Number.isFinite(step.loss)
        ? `the loss became ${step.loss}`
        : step.allFinite
          ? ''
          : 'a gradient is not finite';
      if (bad) throw diverged(bad, { step: state.step + 1, rate, kept: checkpoints?.lastStep });
      const norm = weights.update({
        optimizer,
        learningRate: rate,
        update: state.step + 1,
        batches: accumulate,
        clip: gradientClip,
      });
      weights.show();
      average?.add(values, state.step + 1);
      state.step++;
      state.position = step.after;
      state.loss.push(step.loss);
      state.learningRate.push(rate);
      state.gradientNorm.push(norm);
      stepSeconds += (performance.now() - stepStarted) / 1000;
      samplesLearned += step.samples;
      reason = whyOver();
      const isValidated = validate && (reason !== undefined || state.step % plan.validateEvery === 0);
      const validation = isValidated ? await runValidation() : undefined;
      reason = whyOver();
      const stepsDone = state.step - (resumedAt ?? 0);
      onProgress?.({
        done: plan.steps === undefined ? Math.round(seconds()) : state.step,
        total: plan.steps ?? Math.round(plan.maxSeconds!),
        phase: 'train',
        step: state.step,
        epoch: state.position.epoch,
        loss: step.loss,
        learningRate: rate,
        imagesPerSecond: samplesLearned / stepSeconds,
        secondsLeft: secondsLeft(plan, {
          step: state.step,
          seconds: seconds(),
          perStep: (performance.now() - started) / 1000 / stepsDone,
        }),
        ...(validation ? { metrics: validation.metrics } : {}),
        ...(step.collapse ? { collapse: step.collapse } : {}),
      });
      if (reason === undefined) await checkpoints?.writeIfDue(plan.checkpointEvery, seconds());
    }
    await checkpoints?.write(seconds());
    const isBestKept = earlyStopping?.restoreBest !== false && state.best;
    weights.show(isBestKept ? isBestKept.values : shown);
    return Object.freeze({
      reason,
      steps: state.step,
      epochs: state.position.epoch,
      seconds: seconds(),
      history: Object.freeze({
        loss: state.loss,
        learningRate: state.learningRate,
        gradientNorm: state.gradientNorm,
        validations: state.validations,
      }),
      ...(state.best ? { best: state.best.validation } : {}),
      ...(resumedAt === undefined ? {} : { resumedAt }),
      ...(monitor?.last ? { collapse: monitor.last } : {}),
    });
  } finally {
    await stream.close();
    if (!options.engine) engine.dispose();
  }
}

function diverged(reason: string, at: { step: number; rate: number; kept: number | undefined }): NearkinError {
  const { step, rate, kept } = at;
  const rest = kept === undefined ? '' : ` The checkpoint of step ${kept} is whole.`;
  return new NearkinError(
    'NON_FINITE',
    `Training ended at step ${step}: ${reason}, at a learning rate of ${rate.toPrecision(3)}. Lower the learning rate, clip gradients, or look for broken samples.${rest}`,
    { details: { step, learningRate: rate, ...(kept === undefined ? {} : { checkpointStep: kept }) } },
  );
}

function secondsLeft(plan: RunPlan, at: { step: number; seconds: number; perStep: number }): number | null {
  const bySteps = plan.steps === undefined ? Number.POSITIVE_INFINITY : (plan.steps - at.step) * at.perStep;
  const byTime = plan.maxSeconds === undefined ? Number.POSITIVE_INFINITY : plan.maxSeconds - at.seconds;
  const left = Math.max(0, Math.min(bySteps, byTime));
  return Number.isFinite(left) ? left : null;
}
