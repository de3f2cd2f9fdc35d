import { resolve } from 'node:path';
import { NearkinError, vectorAt } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import { readImage } from '@nearkin/embedders/node';
import { type Hit, openIndex, type SearchIndex } from '@nearkin/searcher';
import type { SearchOptions } from '../commands/search.js';
import { contactSheet } from '../contact-sheet.js';
import { galleryOfIndex } from '../gallery-of-index.js';
import { openEmbedder } from '../open-embedder.js';
import { printable } from '../printable.js';
import type { Terminal } from '../terminal.js';
import { bar, fit, widest } from '../text-layout.js';

type SearchJob = SearchOptions & { readonly file: string };

const barWidth = 20;

/** `nearkin search`: the rows of an index nearest to a picture. */
export async function searchFile(job: SearchJob, terminal: Terminal): Promise<void> {
  const { file, image, id, k, html } = job;
  const { signal, colors } = terminal;
  if ((image === undefined) === (id === undefined))
    throw new NearkinError('INVALID_ARGUMENT', 'Expected what to look for: either --image PICTURE or --id ID.', {
      details: { image, id },
    });
  using index = await openIndex(file, { signal });
  const vector = image === undefined ? vectorOf(index, id!) : await embedQuery(index, { ...job, image }, terminal);
  const hits = index.search(vector, {
    k,
    partitionsToSearch: job.partitionsToSearch,
    reorder: job.reorder,
    signal,
  });
  const query = image ?? id!;
  if (html !== undefined) {
    const page = await contactSheet({ query, hits, ...job });
    await replaceFile(resolve(html), new TextEncoder().encode(page));
  }
  terminal.result(
    hits.map(({ id: found, score, label }) => ({ id: found, score, ...(label === undefined ? {} : { label }) })),
    [
      colors.underline(printable(query)),
      ...hitLines(hits, index.stats().metric, terminal),
      ...(html === undefined ? [] : [`  ${colors.green('✔')} page: ${colors.underline(html)}`]),
    ],
  );
}

/**
 * A row of the index, as finely as it is kept.
 *
 * @throws {NearkinError} `UNKNOWN_ID`, `UNSUPPORTED` for an index of codes only
 */
function vectorOf(index: SearchIndex, id: string): Float32Array {
  if (!index.has(id))
    throw new NearkinError('UNKNOWN_ID', `Expected the id of a row of the index, got ${JSON.stringify(id)}.`, {
      details: { id },
    });
  const { gallery } = galleryOfIndex(index);
  return vectorAt(gallery.vectors, gallery.ids.indexOf(id));
}

/**
 * The query picture as the index's embedder sees it.
 *
 * @throws {NearkinError} `MODEL_MISMATCH` when the index was made with another embedder
 */
async function embedQuery(
  index: SearchIndex,
  job: SearchJob & { readonly image: string },
  terminal: Terminal,
): Promise<Float32Array> {
  const { signal } = terminal;
  using embedder = await openEmbedder(job, terminal);
  if (index.modelId !== undefined && index.modelId !== embedder.id)
    throw new NearkinError(
      'MODEL_MISMATCH',
      job.embedder === undefined
        ? `Expected the embedder that ${job.file} was made with (${index.modelId}), got the built-in filters (${embedder.id}); name it with --embedder.`
        : `Expected the embedder that ${job.file} was made with (${index.modelId}), got ${embedder.id}; give the --embedder (and --layer) that the index was made with.`,
      { details: { expected: index.modelId, received: embedder.id } },
    );
  const vectors = await embedder.embed([await readImage(job.image, { signal })], { signal });
  return vectors.data;
}

function hitLines(hits: readonly Hit[], metric: string, { colors, columns }: Terminal): string[] {
  const names = hits.map(({ id }) => printable(id));
  const width = widest(names, Math.max(20, columns - barWidth - 40));
  return hits.map(({ score, label }, i) => {
    const filled = metric === 'cosine' ? `${colors.cyan(bar(score, barWidth))}  ` : '';
    const value = metric === 'cosine' ? score.toFixed(3) : score.toPrecision(6);
    return `  ${fit(names[i]!, width)}  ${filled}${value.padStart(6)}${label === undefined ? '' : `  ${colors.dim(printable(label))}`}`;
  });
}
