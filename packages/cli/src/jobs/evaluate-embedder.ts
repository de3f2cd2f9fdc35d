import { dirname, resolve } from 'node:path';
import { assertSameModel, NearkinError, throwIfAborted, writeGallery } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import type { ImageEmbedder } from '@nearkin/embedders';
import { evaluateRetrieval, type FewShotEpisodes, formatReport, type RetrievalMetrics } from '@nearkin/evaluation';
import { noteDefaultEncoder } from '../encoders/default-encoder.js';
import { openEmbedder } from '../encoders/open-embedder.js';
import { shownNeighbors, writeEmbedderReport } from '../evaluation/embedder-report.js';
import { fewShotRuns } from '../evaluation/few-shot-runs.js';
import { isGalleryFile, type LabelledSide, openLabelledSide } from '../evaluation/labelled-side.js';
import { trecDepth, writeTrecFiles } from '../evaluation/trec-files.js';
import type { EvalEmbedderOptions } from '../options/eval-embedder-options.js';
import { collectSkipped } from '../pictures/skipped-pictures.js';
import { counted, duration } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';

type EvalEmbedderJob = EvalEmbedderOptions & { readonly albums: string };

/** Classes that text output lists. */
const listedClasses = 10;

/** `nearkin eval-embedder`: retrieval and few-shot episodes on albums. */
export async function evaluateEmbedder(job: EvalEmbedderJob, terminal: Terminal): Promise<void> {
  const started = performance.now();
  const { signal, colors } = terminal;
  checkSources(job);
  const skipped = collectSkipped();
  const { queries, gallery } = await openSides(job, { skipped, terminal });
  skipped.report(terminal);
  if (job.saveGallery !== undefined) await replaceFile(resolve(job.saveGallery), writeGallery(queries.gallery));
  const metrics = await askAll({ queries, gallery }, job, terminal);
  const episodes = await fewShotRuns({ queries: queries.gallery, support: gallery?.gallery }, job, terminal);
  throwIfAborted(signal);
  if (job.trec !== undefined)
    await writeTrecFiles(job.trec, { metrics, queries: queries.gallery, gallery: gallery?.gallery });
  if (job.report !== undefined)
    await writeEmbedderReport(job.report, { metrics, episodes, queries, gallery, job }, terminal);
  const seconds = (performance.now() - started) / 1000;
  const { ids, labels, modelId, vectors } = queries.gallery;
  const classes = new Set(labels).size;
  const { mean, macro, perClass, undefinedQueries, galleryCount, distance } = metrics;
  const value = {
    retrieval: mean,
    episodes: episodes.map(({ accuracies, ...run }) => run),
    macro,
    perClass,
    queries: ids.length,
    undefinedQueries,
    classes,
    galleryCount,
    distance,
    embedder: { id: modelId ?? null, dim: vectors.dim },
    skipped: skipped.list,
    seconds,
    ...written(job),
  };
  if (job.format !== 'terminal') {
    terminal.result(value, job.format === 'json' ? [JSON.stringify(value, null, 2)] : tables(metrics, episodes, job));
    return;
  }
  terminal.result(value, [
    ...tables(metrics, episodes, job),
    '',
    `  ${counted(ids.length, 'picture')} of ${counted(classes, 'class')} in ${duration(seconds)}`,
    ...Object.entries(written(job)).map(([name, path]) => `  ${colors.green('✔')} ${name}: ${colors.underline(path)}`),
  ]);
}

/** @throws {NearkinError} `INVALID_ARGUMENT` for sources that contradict each other */
function checkSources({ albums, gallery, embedder, layer, saveGallery }: EvalEmbedderJob): void {
  if (gallery !== undefined && resolve(gallery) === resolve(albums))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected other albums as --gallery, got ALBUMS themselves (${albums}), where every picture finds itself; leave --gallery out to ask each against all others.`,
      { details: { albums, gallery } },
    );
  if (saveGallery !== undefined && isGalleryFile(albums))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected albums to make the vectors of --save-gallery from, got vectors (${albums}).`,
      { details: { albums, saveGallery } },
    );
  const isEmbedded = isGalleryFile(albums) && (gallery === undefined || isGalleryFile(gallery));
  if (isEmbedded && (embedder !== undefined || layer !== undefined))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected no --embedder or --layer beside vectors that are made already (${albums}).`,
      { details: { albums, embedder, layer } },
    );
}

async function openSides(
  job: EvalEmbedderJob,
  options: { readonly skipped: ReturnType<typeof collectSkipped>; readonly terminal: Terminal },
): Promise<{ queries: LabelledSide; gallery: LabelledSide | undefined }> {
  const { workers, saveGallery } = job;
  let embedder: ImageEmbedder | undefined;
  const common = {
    ...options,
    workers,
    openEmbedder: async () => {
      if (!embedder) noteDefaultEncoder(job, options.terminal);
      embedder ??= await openEmbedder(job, options.terminal);
      return embedder;
    },
  };
  try {
    const seenFrom = saveGallery === undefined ? undefined : dirname(saveGallery);
    const queries = await openLabelledSide(job.albums, { ...common, seenFrom });
    if (job.gallery === undefined) return { queries, gallery: undefined };
    const gallery = await openLabelledSide(job.gallery, common);
    assertSameModel(gallery.gallery, queries.gallery);
    return { queries, gallery };
  } finally {
    embedder?.dispose();
  }
}

async function askAll(
  { queries, gallery }: { queries: LabelledSide; gallery: LabelledSide | undefined },
  { k, distance, report, trec }: EvalEmbedderJob,
  terminal: Terminal,
): Promise<RetrievalMetrics> {
  const bar = terminal.progress('Asking each picture');
  try {
    return await evaluateRetrieval({
      queries: queries.gallery,
      ...(gallery === undefined ? {} : { gallery: gallery.gallery }),
      k,
      distance,
      neighbors: trec !== undefined ? trecDepth : report !== undefined ? shownNeighbors : 0,
      signal: terminal.signal,
      onProgress: bar.onProgress,
    });
  } finally {
    bar.stop();
  }
}

function tables(
  metrics: RetrievalMetrics,
  episodes: readonly FewShotEpisodes[],
  { format }: Pick<EvalEmbedderJob, 'format'>,
): string[] {
  return [readable(metrics), ...episodes].flatMap((part, i) => [
    ...(i > 0 ? [''] : []),
    formatReport(part, { format, rows: listedClasses }),
  ]);
}

/** The figures that papers print; the definitions that differ in details alone stand in the JSON. */
function readable(metrics: RetrievalMetrics): RetrievalMetrics {
  const shown = Object.entries(metrics.mean).filter(([name]) => /^(hitRate|recall|ndcg)@|^[^@]+$/.test(name));
  return { ...metrics, mean: Object.fromEntries(shown) };
}

function written({ report, saveGallery, trec }: EvalEmbedderJob): Record<string, string> {
  return {
    ...(report === undefined ? {} : { report }),
    ...(saveGallery === undefined ? {} : { gallery: saveGallery }),
    ...(trec === undefined ? {} : { trec }),
  };
}
