import { basename, join, resolve } from 'node:path';
import { replaceFile } from '@nearkin/core/node';
import type { FitResult } from '@nearkin/training';
import { flatMaps } from '../evaluation/flat-maps.js';
import { illustratedPage } from '../evaluation/illustrated-page.js';
import type { Measured, TrainJob } from '../jobs/train-embedder.js';
import { counted, duration, percent } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';
import type { TrainingSetup } from './training-setup.js';

const kinds = { conv: 'a new convolutional net', head: 'a head on', 'fine-tune': 'last layers of' } as const;
const ends = {
  steps: 'Training did all its steps.',
  epochs: 'Training did all its epochs.',
  time: 'Training ended when its time was over.',
  'early-stopping': 'Training ended early: the measurements no longer got better.',
} as const;

/** Writes how training went, and how the result does on classes it never saw, as one HTML file. */
export async function writeTrainingReport(
  file: string,
  run: {
    readonly job: TrainJob;
    readonly setup: TrainingSetup;
    readonly result: FitResult;
    readonly measured: Measured | undefined;
    readonly before: Measured | undefined;
    readonly id: string;
  },
  terminal: Terminal,
): Promise<void> {
  const { job, setup, result, measured, before, id } = run;
  const { history, reason, steps, seconds, best, collapse } = result;
  const { labels, labelNames } = setup.data;
  const page = await illustratedPage(
    {
      title: `Training on ${basename(resolve(job.albums))}`,
      ...(measured ? { description: 'What is measured was measured on classes that training did not see.' } : {}),
      facts: [
        ['Embedder', id],
        ['Model', setup.kind === 'conv' ? kinds.conv : `${kinds[setup.kind]} ${job.base}`],
        ['Trained on', `${counted(labels.length, 'picture')} of ${counted(labelNames.length, 'class')}`],
        ...(setup.validation
          ? [
              [
                'Held out',
                `${counted(setup.validation.labels.length, 'picture')} of ${counted(setup.validation.labelNames.length, 'class')}`,
              ] as const,
            ]
          : []),
        ['Loss', job.miner === 'none' ? job.loss : `${job.loss}, ${job.miner} miner`],
        ['Steps', `${steps.toLocaleString('en')} in ${duration(seconds)}`],
        ['Seed', String(job.seed)],
      ],
      training: {
        loss: history.loss,
        validations: history.validations.map(({ step, metrics }) => ({
          step,
          metrics: { 'MAP@R': metrics['apAtR']!, 'hit rate at 1': metrics['hitRate@1']! },
        })),
        remarks: [
          ends[reason],
          ...(best
            ? [
                `The best measurement, at step ${best.step}, is what was kept: MAP@R ${percent(best.metrics['apAtR']!)}.`,
              ]
            : []),
          ...(before ? [`The base alone has MAP@R ${percent(before.mean['apAtR'] ?? null)}.`] : []),
          ...(collapse ? [collapse.words, ...collapse.advice.map((line) => `Try: ${line}.`)] : []),
        ],
      },
      ...(measured
        ? {
            retrieval: { metrics: measured, queries: { ids: measured.rows.ids, labels: measured.rows.labels } },
            maps: await flatMaps(measured.rows, { seed: job.seed, marked: [], pictures: 'queries', terminal }),
          }
        : {}),
    },
    {
      pathOf: { queries: (picture) => join(job.albums, picture), gallery: (picture) => join(job.albums, picture) },
      terminal,
    },
  );
  await replaceFile(resolve(file), new TextEncoder().encode(page));
}
