import { NearkinError } from '@nearkin/core';
import { crossModalMetrics, formatReport } from '@nearkin/evaluation';
import { noteDefaultEncoder } from '../encoders/default-encoder.js';
import type { EvalTextOptions } from '../options/eval-text-options.js';
import { collectSkipped, type SkippedPictures } from '../pictures/skipped-pictures.js';
import { counted, duration } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { type CaptionSides, embedPairs, readCaptionSides } from '../training/caption-sides.js';

type EvalTextJob = EvalTextOptions & { readonly pairs: string | undefined };

/** `nearkin eval-text`: pictures by their captions, captions by their pictures. */
export async function evaluateText(job: EvalTextJob, terminal: Terminal): Promise<void> {
  const started = performance.now();
  const { k, folds, distance, format } = job;
  const { signal } = terminal;
  const skipped = collectSkipped();
  const { images, texts } = await openSides(job, { skipped, terminal });
  skipped.report(terminal);
  const rowOf = new Map(images.ids.map((id, row) => [id, row]));
  const bar = terminal.progress('Asking each picture');
  const metrics = await crossModalMetrics({
    images: images.vectors,
    texts: texts.vectors,
    imageOfText: texts.labels.map((image) => rowOf.get(image)!),
    k,
    folds,
    distance,
    signal,
    onProgress: bar.onProgress,
  }).finally(() => bar.stop());
  const seconds = (performance.now() - started) / 1000;
  const { ranks, ...figures } = metrics;
  const value = { ...figures, distance, skipped: skipped.list, seconds };
  const text = format === 'json' ? JSON.stringify(value, null, 2) : formatReport(metrics, { format });
  const remark = `  ${counted(metrics.images, 'picture')} and ${counted(metrics.texts, 'text')} in ${duration(seconds)}`;
  terminal.result(value, format === 'terminal' ? [text, '', remark] : [text]);
}

/** @throws {NearkinError} `INVALID_ARGUMENT` when it is not said where vectors come from */
async function openSides(
  { pairs, embedder, images, texts, photos }: EvalTextJob,
  options: { readonly skipped: SkippedPictures; readonly terminal: Terminal },
): Promise<CaptionSides> {
  const hasGalleries = images !== undefined && texts !== undefined;
  if ((images === undefined) !== (texts === undefined) || (hasGalleries && embedder !== undefined))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      'Expected both --images and --texts, galleries of vectors made elsewhere, without --embedder; or neither, to encode the pictures and words of PAIRS.',
      { details: { embedder, images, texts } },
    );
  if (hasGalleries) return readCaptionSides({ images, texts, pairs }, options);
  if (pairs === undefined)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      'Expected PAIRS.jsonl, the pictures and captions to encode (lines of { "image": "path", "captions": ["…"] }), or --images and --texts, galleries of vectors made elsewhere.',
      { details: { pairs: null } },
    );
  noteDefaultEncoder(embedder === undefined ? {} : { embedder }, options.terminal);
  return embedPairs({ pairs, embedder, photos }, options);
}
