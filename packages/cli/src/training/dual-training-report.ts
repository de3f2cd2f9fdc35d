import { basename, resolve } from 'node:path';
import { replaceFile } from '@nearkin/core/node';
import { renderReport } from '@nearkin/evaluation';
import type { DualResult } from '@nearkin/training';
import type { TrainDualJob } from '../jobs/train-dual-encoder.js';
import { counted, duration } from '../terminal/number-text.js';
import type { PairSplit } from './dual-training.js';

/** Writes how training went, and the curve of what was measured on held-out pictures, as one HTML file. */
export async function writeDualReport(
  file: string,
  run: {
    readonly job: TrainDualJob;
    readonly split: PairSplit;
    readonly result: DualResult<never> | DualResult<unknown>;
    readonly id: string;
  },
): Promise<void> {
  const { job, split, result, id } = run;
  const { history, steps, seconds, reason, best } = result;
  const shares = ['textToImage/R@1', 'textToImage/R@10', 'imageToText/R@10'];
  const page = renderReport({
    title: `Words and pictures: training on ${basename(resolve(job.pairs))}`,
    description: 'What is measured was measured on pictures that training did not see, among themselves.',
    facts: [
      ['Dual encoder', id],
      ['Pictures', job.base === undefined ? 'a new convolutional net' : `a projection behind ${job.base}`],
      ['Trained on', counted(split.training.length, 'picture')],
      ['Held out', counted(split.validation.length, 'picture')],
      ['Loss', job.loss],
      ['Steps', `${steps.toLocaleString('en')} in ${duration(seconds)}`],
      ['Seed', String(job.seed)],
    ],
    training: {
      loss: history.loss,
      validations: history.validations.map(({ step, metrics }) => ({
        step,
        metrics: Object.fromEntries(shares.map((name) => [name.replace('/', ' '), metrics[name]!])),
      })),
      remarks: [
        `Training ended by ${reason}.`,
        ...(best ? [`The best measurement, at step ${best.step}, is what was kept.`] : []),
      ],
    },
  });
  await replaceFile(resolve(file), new TextEncoder().encode(page));
}
