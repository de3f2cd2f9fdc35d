import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { posix, resolve } from 'node:path';
import { NearkinError, throwIfAborted } from '@nearkin/core';
import type { Encoder, ImageEmbedder, ImageInput } from '@nearkin/embedders';
import { createEmbedderPool, type EmbedderPool } from '@nearkin/embedders/node';
import { buildSearcher, type SearcherItem, saveSearcher } from '@nearkin/searcher';
import { assertOutputFolder } from '../assert-output-folder.js';
import { noteDefaultEncoder } from '../encoders/default-encoder.js';
import { defaultEncoderName } from '../encoders/default-name.js';
import { openEncoder } from '../encoders/open-encoder.js';
import { folderSize } from '../inspection/folder-size.js';
import { indexFacts } from '../inspection/inspect-index.js';
import { listFolder } from '../pictures/picture-item.js';
import { pictureOrigin } from '../pictures/picture-origin.js';
import { sidecarMetadata } from '../pictures/sidecar-metadata.js';
import { collectSkipped, type SkippedPictures } from '../pictures/skipped-pictures.js';
import { listTable } from '../pictures/table-items.js';
import { smallPicture } from '../pictures/thumbnail.js';
import { byteSize, counted, duration } from '../terminal/number-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { facts } from '../terminal/text-layout.js';
import type { IndexJob } from './index-pictures.js';

/** So many pictures are worth starting threads that each load the model. */
const enoughForThreads = 500;

type Item = SearcherItem<ImageInput> & { readonly path?: string };

/** Pictures or texts to a search bundle; an interrupted run is gone on with. */
export async function indexToBundle(job: IndexJob, terminal: Terminal): Promise<void> {
  const started = performance.now();
  const { output, textColumn } = job;
  const { signal, colors } = terminal;
  await assertOutputFolder(output, { what: 'FILE.nearkin for an index file' });
  const items = await listItems(job, terminal);
  using encoder = await openEncoder(job, terminal);
  const skipped = collectSkipped();
  using searcher = await build(job, { items, encoder, skipped, terminal });
  skipped.report(terminal);
  throwIfAborted(signal);
  await saveSearcher(searcher, output);
  const bytes = await folderSize(resolve(output));
  const seconds = (performance.now() - started) / 1000;
  const stats = searcher.index.stats();
  const { resumed, withoutThumbnail } = searcher.report!;
  const asks = [
    ...(encoder.text ? [`  nearkin search ${printable(output)} "words"`] : []),
    ...(encoder.image && textColumn === undefined ? [`  nearkin search ${printable(output)} --image PICTURE`] : []),
  ];
  terminal.result(
    {
      bundle: output,
      rows: stats.count,
      dim: stats.dim,
      kind: stats.kind,
      metric: stats.metric,
      search: stats.search,
      recallEstimate: stats.recallEstimate ?? null,
      modelId: encoder.id,
      words: encoder.text !== undefined,
      skipped: skipped.list,
      resumed,
      withoutThumbnail,
      seconds,
      bytes,
    },
    [
      `${colors.green('✔')} ${colors.bold(counted(stats.count, 'row'))} searchable after ${colors.bold(duration(seconds))}${resumed > 0 ? `, ${resumed} of them from an interrupted run` : ''}`,
      ...facts(
        [
          ['bundle', `${printable(output)} (${byteSize(bytes)})`],
          ['encoder', printable(job.embedder ?? defaultEncoderName)],
          ...indexFacts(stats),
        ],
        colors.dim,
      ),
      ...asks,
    ],
  );
  if (withoutThumbnail.length > 0 && job.thumbnails)
    terminal.note(`  No thumbnail could be made of ${counted(withoutThumbnail.length, 'picture')}.`);
  noteDefaultEncoder(job, terminal);
}

async function build(
  job: IndexJob,
  options: { items: readonly Item[]; encoder: Encoder; skipped: SkippedPictures; terminal: Terminal },
) {
  const { items, encoder, skipped, terminal } = options;
  const { output, textColumn, userinfo, kind, metric, partitions, codes, reorder, targetRecall, seed } = job;
  const isText = textColumn !== undefined;
  const workers = job.workers ?? (items.length < enoughForThreads ? 1 : availableParallelism());
  using pool = !isText && workers > 1 ? await startPool(encoder, { workers, terminal }) : undefined;
  const bar = terminal.progress(isText ? 'Reading texts' : 'Looking at pictures');
  try {
    return await buildSearcher<ImageInput>(
      items.map((item) => (pool && item.path !== undefined ? { ...item, input: item.path } : item)),
      {
        encoder,
        ...(pool ? { embedder: pool } : {}),
        items: isText ? 'text' : 'image',
        journal: `${resolve(output)}.journal`,
        batchSize: job.batch ?? (pool ? 32 * workers : 64),
        userinfo: userinfo ?? null,
        ...(job.thumbnails && !isText
          ? { thumbnail: async ({ path }: Item) => (path === undefined ? undefined : smallPicture(path)) }
          : {}),
        index: { kind, metric, partitions, codes, reorder, targetRecall, seed },
        onError: (error, { id }) => skipped.add(id, error),
        onProgress: bar.onProgress,
        signal: terminal.signal,
      },
    );
  } finally {
    bar.stop();
  }
}

/** @returns undefined for an encoder that cannot be copied into threads */
async function startPool(
  { image }: Encoder,
  { workers, terminal }: { workers: number; terminal: Terminal },
): Promise<EmbedderPool | undefined> {
  if (!image || !('model' in image) || (image as ImageEmbedder).model.kind === 'function') return undefined;
  return createEmbedderPool(image as ImageEmbedder, { workers, signal: terminal.signal });
}

/** What is to be searched: pictures of a folder, or rows of a table. */
async function listItems(job: IndexJob, { signal }: Terminal): Promise<Item[]> {
  const { photos, output, labels } = job;
  if (photos.endsWith('.safetensors'))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected pictures for a search bundle, got vectors without their encoder; name the output ${output}.nearkin for an index file.`,
      { details: { photos, output } },
    );
  const items: Item[] = /\.(csv|tsv|jsonl|ndjson)$/i.test(photos)
    ? await listTable(photos, job)
    : (await listFolder(photos, { signal })).map((item) => ({
        ...item,
        ...(labels && posix.dirname(item.id) !== '.' ? { label: posix.basename(posix.dirname(item.id)) } : {}),
      }));
  return Promise.all(
    items.map(async (item) => {
      if (item.path === undefined) return item;
      const told = job.metadataEnding === undefined ? {} : await sidecarMetadata(item.path, job.metadataEnding);
      const metadata = { ...(item.metadata as object | undefined), ...told, ...pictureOrigin(item.path, output) };
      return { ...item, metadata, stamp: await stampOf(item.path) };
    }),
  );
}

/** Tells whether a file was changed since. */
async function stampOf(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  return info ? `${info.size} ${info.mtimeMs}` : 'missing';
}
