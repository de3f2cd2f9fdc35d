import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { createGallery, type Gallery, NearkinError, throwIfAborted } from '@nearkin/core';
import { chooseBackend } from '@nearkin/embedders/node';
import { evaluateRetrieval, type RetrievalMetrics } from '@nearkin/evaluation';
import {
  adamW,
  createParallelEngine,
  embedData,
  embeddingMemory,
  type FitResult,
  fit,
  perClassSampler,
  saveEmbedder,
} from '@nearkin/training';
import { assertOutputFolder } from '../assert-output-folder.js';
import { modelFolder } from '../classifiers/model-folder.js';
import { folderSize } from '../inspection/folder-size.js';
import type { TrainOptions } from '../options/train-options.js';
import { listAlbums } from '../pictures/picture-item.js';
import { collectSkipped } from '../pictures/skipped-pictures.js';
import { byteSize, counted, duration, percent } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { facts } from '../terminal/text-layout.js';
import { trainingObjective } from '../training/training-objective.js';
import { writeTrainingReport } from '../training/training-report.js';
import { setUpTraining, type TrainingSetup } from '../training/training-setup.js';
import { splitForTraining } from '../training/training-split.js';

export type TrainJob = TrainOptions & { readonly albums: string };

/** Retrieval on classes that training did not see. */
export type Measured = RetrievalMetrics & { readonly rows: Gallery };

/** Batches of this size are worth threads only when there are many of them. */
const enoughForThreads = 500;
/** Measurements of a run, at most, while it goes on. */
const mostMeasurements = 20;
const defaultEpochs = 30;

/** `nearkin train`: albums to an embedder on disk. */
export async function trainEmbedder(job: TrainJob, terminal: Terminal): Promise<void> {
  const { albums, output, seed, quantize } = job;
  const { signal, colors } = terminal;
  checkOptions(job);
  await assertOutputFolder(output, { root: 'model.json' });
  const items = await listAlbums(albums, { signal });
  const split = splitForTraining(items, { share: job.validation, seed, terminal });
  await chooseBackend();
  const skipped = collectSkipped();
  const setup = await setUpTraining(job, split, { skipped, terminal });
  try {
    skipped.report(terminal);
    const checkpoint = job.checkpoint ?? `${modelFolder(output)}.training`;
    const result = await learn(job, setup, { checkpoint, terminal });
    const embedder = await setup.finish();
    const id = await saveEmbedder(embedder, modelFolder(output), { quantize });
    const measured = setup.validation && (await measure(await projected(setup)));
    const before = setup.before && (await measure(setup.before));
    const report = job.report ?? join(modelFolder(output), 'training.html');
    await writeTrainingReport(report, { job, setup, result, measured, before, id }, terminal);
    throwIfAborted(signal);
    // What was only there to go on from has done its work.
    if (job.checkpoint === undefined) await rm(checkpoint, { recursive: true, force: true });
    const { history, steps, reason, seconds, best, collapse, resumedAt } = result;
    const bytes = await folderSize(modelFolder(output));
    embedder.dispose();
    const metric = (metrics: Measured | undefined) => metrics?.mean['apAtR'] ?? null;
    terminal.result(
      {
        embedder: output,
        id,
        dim: embedder.dim,
        kind: setup.kind,
        classes: setup.data.labelNames.length,
        pictures: setup.data.labels.length,
        validationClasses: setup.validation?.labelNames.length ?? 0,
        validation: measured ? measured.mean : null,
        before: before ? before.mean : null,
        best: best ?? null,
        loss: history.loss.at(-1) ?? null,
        steps,
        resumedAt: resumedAt ?? null,
        reason,
        seconds,
        diagnosis: collapse ? { state: collapse.state, words: collapse.words, advice: collapse.advice } : null,
        skipped: skipped.list,
        report,
        bytes,
        seed,
      },
      [
        `${colors.green('✔')} ${colors.bold(output)}: an embedder of ${counted(embedder.dim, 'number')}, trained on ${counted(setup.data.labels.length, 'picture')} of ${counted(setup.data.labelNames.length, 'class')}`,
        ...facts(
          [
            ['steps', `${steps.toLocaleString('en')} in ${duration(seconds)} (ended by ${reason})`],
            ['loss', `${history.loss[0]?.toFixed(4)} to ${history.loss.at(-1)?.toFixed(4)}`],
            ...(measured
              ? ([
                  [
                    'held-out classes',
                    `MAP@R ${percent(metric(measured))}, hit rate at 1 ${percent(measured.mean['hitRate@1'] ?? null)}${before ? `; the base alone ${percent(metric(before))}, ${percent(before.mean['hitRate@1'] ?? null)}` : ''}`,
                  ],
                ] as const)
              : []),
            ['size', byteSize(bytes)],
            ['report', report],
          ],
          colors.dim,
        ),
        ...(collapse && collapse.state !== 'healthy'
          ? ['', `${colors.yellow('!')} ${collapse.words}`, ...collapse.advice.map((line) => `  try: ${line}`)]
          : []),
        '',
        `  nearkin build ${albums} -o classifier --embedder ${output}`,
      ],
    );
  } finally {
    setup.dispose();
  }
}

/** @throws {NearkinError} `INVALID_ARGUMENT` */
function checkOptions({ learningRate, epochs, minutes }: TrainJob): void {
  if (learningRate !== undefined && !(learningRate > 0 && Number.isFinite(learningRate)))
    throw new NearkinError('INVALID_ARGUMENT', `Expected a learning rate above 0, got ${learningRate}.`);
  if (epochs !== undefined && minutes !== undefined && !(epochs > 0 && minutes > 0))
    throw new NearkinError('INVALID_ARGUMENT', 'Expected --epochs and --minutes above 0.');
}

async function learn(
  job: TrainJob,
  setup: TrainingSetup,
  options: { readonly checkpoint: string; readonly terminal: Terminal },
): Promise<FitResult> {
  const { checkpoint, terminal } = options;
  const { data, model, validation, kind } = setup;
  const { seed, minutes, memory, perClass, patience } = job;
  const { signal } = terminal;
  const classes = data.labelNames.length;
  const classesPerBatch = job.classesPerBatch ?? Math.min(32, classes);
  const sampler = perClassSampler({ labels: data.labels, classesPerBatch, samplesPerClass: perClass, seed });
  const { loss, miner } = trainingObjective(job, { classes, dim: model.dim, seed });
  // An epoch of the sampler shows every class once, one of the command line every picture.
  const stepsPerEpoch = Math.max(1, Math.round(data.labels.length / sampler.batchSize));
  const epochs = job.epochs ?? (minutes === undefined ? defaultEpochs : undefined);
  const steps = epochs === undefined ? undefined : Math.max(1, Math.round(epochs * stepsPerEpoch));
  const validateEvery = Math.max(stepsPerEpoch, Math.ceil((steps ?? 0) / mostMeasurements));
  const workers =
    kind === 'conv' ? (job.workers ?? (data.labels.length < enoughForThreads ? 1 : availableParallelism())) : 1;
  const engine = workers > 1 ? await createParallelEngine(model, { workers, signal }) : undefined;
  const bar = terminal.progress('Training');
  let last = '';
  try {
    return await fit(model, data, {
      loss,
      miner,
      sampler,
      engine,
      memory: memory === undefined ? undefined : embeddingMemory({ size: memory }),
      optimizer: adamW({ learningRate: job.learningRate ?? (kind === 'conv' ? 1e-3 : 3e-4) }),
      steps,
      maxSeconds: minutes === undefined ? undefined : minutes * 60,
      ...(validation
        ? {
            validate: async (embed) => {
              const { mean } = await evaluateRetrieval({ queries: await embed(validation), k: [1], signal });
              return { apAtR: mean['apAtR'] ?? 0, 'hitRate@1': mean['hitRate@1'] ?? 0 };
            },
            validateEvery,
            earlyStopping: { metric: 'apAtR', patience },
          }
        : {}),
      checkpoint: { target: checkpoint, every: validateEvery, everySeconds: 60, resume: job.resume ?? false },
      gradientClip: 10,
      seed,
      signal,
      onProgress: (progress) => {
        if (progress.metrics) last = `  MAP@R ${percent(progress.metrics['apAtR']!)}`;
        const pace = `${progress.imagesPerSecond.toFixed(0)} pictures/s`;
        bar.onProgress({ ...progress, status: `loss ${progress.loss.toFixed(4)}${last}  ${pace}` });
      },
    });
  } catch (error) {
    if (error instanceof NearkinError && error.code === 'ABORTED')
      throw new NearkinError(
        'ABORTED',
        `Training was stopped; its state is in ${resolve(checkpoint)}. The same command with --resume goes on.`,
        { cause: error, details: { checkpoint } },
      );
    throw error;
  } finally {
    bar.stop();
    engine?.dispose();
    loss.dispose();
  }
}

/** What the trained model says of the validation's pictures, under their own ids. */
async function projected({ model, validation, validationIds }: TrainingSetup): Promise<Gallery> {
  const { vectors, labels } = await embedData(model, validation!);
  return createGallery({ vectors, ids: validationIds, labels });
}

async function measure(queries: Gallery): Promise<Measured> {
  return { ...(await evaluateRetrieval({ queries, k: [1], neighbors: 8 })), rows: queries };
}
