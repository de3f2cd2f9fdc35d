import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createRng, NearkinError, throwIfAborted } from '@nearkin/core';
import { createDualEncoder, type ImageEmbedder, quantizeEmbedder, saveDualEncoder } from '@nearkin/embedders';
import { chooseBackend } from '@nearkin/embedders/node';
import { assertOutputFolder } from '../assert-output-folder.js';
import { modelFolder } from '../classifiers/model-folder.js';
import { folderSize } from '../inspection/folder-size.js';
import type { TrainDualOptions } from '../options/train-dual-options.js';
import { collectSkipped } from '../pictures/skipped-pictures.js';
import { byteSize, counted, duration, percent } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { facts } from '../terminal/text-layout.js';
import { learnPairs } from '../training/dual-training.js';
import { writeDualReport } from '../training/dual-training-report.js';
import { type CaptionedImage, readPairs } from '../training/read-pairs.js';

export type TrainDualJob = TrainDualOptions & { readonly pairs: string };

/** Fewer pictures are all needed for training. */
const fewestToSplit = 20;

/** `nearkin train-dual`: captioned pictures to a dual encoder on disk. */
export async function trainDualEncoder(job: TrainDualJob, terminal: Terminal): Promise<void> {
  const { pairs, output, seed, quantize } = job;
  const { colors, signal } = terminal;
  await assertOutputFolder(output, { root: 'model.json' });
  const all = await readPairs(pairs);
  throwIfAborted(signal);
  if (all.length < 2)
    throw new NearkinError(
      'EMPTY_GALLERY',
      `Expected at least two pictures with captions in ${pairs}, got ${all.length}.`,
    );
  const split = splitPairs(all, job);
  if (job.validation > 0 && split.validation.length === 0)
    terminal.warn(`No pictures are held out to measure on: ${counted(all.length, 'picture')} are too few.`);
  await chooseBackend();
  const skipped = collectSkipped();
  const checkpoint = job.checkpoint ?? `${modelFolder(output)}.training`;
  const result = await learnPairs(job, split, { checkpoint, skipped, terminal });
  skipped.report(terminal);
  const trained = result.image as unknown as ImageEmbedder;
  const image = quantize ? await quantizeEmbedder(trained, quantize) : trained;
  const encoder = createDualEncoder({ image, text: result.text });
  await saveDualEncoder(encoder, modelFolder(output));
  const last = result.best ?? result.history.validations.at(-1);
  const report = job.report ?? join(modelFolder(output), 'training.html');
  await writeDualReport(report, { job, split, result, id: encoder.id });
  // What was only there to go on from has done its work.
  if (job.checkpoint === undefined) await rm(checkpoint, { recursive: true, force: true });
  const { history, steps, reason, seconds } = result;
  const bytes = await folderSize(modelFolder(output));
  const share = (name: string) => percent(last?.metrics[name] ?? null);
  terminal.result(
    {
      embedder: output,
      id: encoder.id,
      dim: encoder.dim,
      pictures: split.training.length,
      validationPictures: split.validation.length,
      validation: last?.metrics ?? null,
      loss: history.loss.at(-1) ?? null,
      steps,
      resumedAt: result.resumedAt ?? null,
      reason,
      seconds,
      skipped: skipped.list,
      report: resolve(report),
      bytes,
      seed,
    },
    [
      `${colors.green('✔')} ${colors.bold(output)}: pictures and words in one space of ${counted(encoder.dim, 'number')}, learned from ${counted(split.training.length, 'picture')}`,
      ...facts(
        [
          ['steps', `${steps.toLocaleString('en')} in ${duration(seconds)} (ended by ${reason})`],
          ['loss', `${history.loss[0]?.toFixed(4)} to ${history.loss.at(-1)?.toFixed(4)}`],
          ...(last
            ? ([
                [
                  'text to picture',
                  `R@1 ${share('textToImage/R@1')}, R@5 ${share('textToImage/R@5')}, R@10 ${share('textToImage/R@10')} among ${split.validation.length} held out`,
                ],
                [
                  'picture to text',
                  `R@1 ${share('imageToText/R@1')}, R@5 ${share('imageToText/R@5')}, R@10 ${share('imageToText/R@10')}`,
                ],
              ] as const)
            : []),
          ['size', byteSize(bytes)],
          ['report', report],
        ],
        colors.dim,
      ),
      '',
      `  nearkin index PHOTOS -o photos-search --embedder ${output}`,
      `  nearkin search photos-search "words"`,
    ],
  );
  encoder.dispose();
}

/** Holds pictures out, with all their captions, by chance. */
function splitPairs(
  pairs: readonly CaptionedImage[],
  { validation, seed }: TrainDualJob,
): { readonly training: readonly CaptionedImage[]; readonly validation: readonly CaptionedImage[] } {
  const count = Math.min(Math.max(2, Math.round(validation * pairs.length)), pairs.length - 2);
  if (validation === 0 || pairs.length < fewestToSplit) return { training: pairs, validation: [] };
  const held = new Set(createRng(seed).sample(pairs.length, count));
  return {
    training: pairs.filter((_, i) => !held.has(i)),
    validation: pairs.filter((_, i) => held.has(i)),
  };
}
