import { readFile, stat } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { type Gallery, readGallery, throwIfAborted } from '@nearkin/core';
import { saveIndex } from '@nearkin/searcher';
import { noteDefaultEncoder } from '../encoders/default-encoder.js';
import { openEmbedder } from '../encoders/open-embedder.js';
import { indexFacts } from '../inspection/inspect-index.js';
import type { IndexOptions } from '../options/index-options.js';
import { embedPictures } from '../pictures/embed-pictures.js';
import { listFolder } from '../pictures/picture-item.js';
import { pictureOrigin } from '../pictures/picture-origin.js';
import { collectSkipped, type SkippedPictures } from '../pictures/skipped-pictures.js';
import { buildShape } from '../search/build-shape.js';
import { byteSize, counted, duration } from '../terminal/number-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { facts } from '../terminal/text-layout.js';

export type IndexJob = IndexOptions & { readonly photos: string };

/** `nearkin index`: pictures, texts, or the vectors of a gallery, to a file or a bundle that can be searched. */
export async function indexPictures(job: IndexJob, terminal: Terminal): Promise<void> {
  if (job.output.endsWith('.nearkin')) return indexToFile(job, terminal);
  const { indexToBundle } = await import('./index-bundle.js');
  return indexToBundle(job, terminal);
}

/** Pictures, or the vectors of a gallery, to one file. */
async function indexToFile(job: IndexJob, terminal: Terminal): Promise<void> {
  const started = performance.now();
  const { photos, output } = job;
  const { signal, colors } = terminal;
  const skipped = collectSkipped();
  const gallery = photos.endsWith('.safetensors')
    ? readGallery(await readFile(photos, { signal }))
    : await embedFolder(job, { skipped, terminal });
  skipped.report(terminal);
  using index = await buildShape(gallery, job, terminal);
  throwIfAborted(signal);
  await saveIndex(index, output);
  const { size } = await stat(output);
  const seconds = (performance.now() - started) / 1000;
  const stats = index.stats();
  terminal.result(
    {
      index: output,
      rows: stats.count,
      dim: stats.dim,
      kind: stats.kind,
      metric: stats.metric,
      partitions: stats.partitions,
      codes: stats.codes,
      reorder: stats.reorder,
      search: stats.search,
      recallEstimate: stats.recallEstimate ?? null,
      modelId: stats.modelId ?? null,
      skipped: skipped.list,
      seconds,
      bytes: size,
    },
    [
      `${colors.green('✔')} ${colors.bold(counted(stats.count, 'row'))} searchable after ${colors.bold(duration(seconds))}`,
      ...facts([['index', `${printable(output)} (${byteSize(size)})`], ...indexFacts(stats)], colors.dim),
      `  nearkin search ${printable(output)} --image PICTURE`,
    ],
  );
  if (!photos.endsWith('.safetensors')) noteDefaultEncoder(job, terminal);
}

/** Pictures are decoded when their turn comes; only their vectors stay. */
async function embedFolder(
  job: IndexJob,
  { skipped, terminal }: { skipped: SkippedPictures; terminal: Terminal },
): Promise<Gallery> {
  const { photos, output, labels, workers } = job;
  const items = await listFolder(photos, { signal: terminal.signal });
  using embedder = await openEmbedder(job, terminal);
  const rows = items.map((item) => ({
    ...item,
    ...(labels && posix.dirname(item.id) !== '.' ? { label: posix.basename(posix.dirname(item.id)) } : {}),
    metadata: pictureOrigin(item.path, dirname(output)),
  }));
  return await embedPictures(embedder, rows, { skipped, terminal, workers });
}
