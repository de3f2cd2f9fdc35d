import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { NearkinError } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import type { ImageInput } from '@nearkin/embedders';
import { readImage } from '@nearkin/embedders/node';
import type { Hit, SearchQuery } from '@nearkin/searcher';
import type { SearchOptions } from '../options/search-options.js';
import { isPictureOrigin } from '../pictures/picture-origin.js';
import { contactSheet } from '../search/contact-sheet.js';
import { openSearchSource, type SearchSource } from '../search/open-search-source.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { bar, fit, widest } from '../terminal/text-layout.js';

export type SearchJob = SearchOptions & { readonly source: string; readonly words: readonly string[] };

const barWidth = 20;

/** `nearkin search`: rows of a bundle or an index by words, picture, likeness. */
export async function searchSource(job: SearchJob, terminal: Terminal): Promise<void> {
  const { words, image, id, like = [], not = [], k, html, minScore, label } = job;
  const { signal, colors } = terminal;
  const text = words.join(' ');
  const rows = id === undefined ? like : [id, ...like];
  if (words.length === 0 && image === undefined && rows.length === 0)
    throw new NearkinError('INVALID_ARGUMENT', 'Expected what to look for: words, --image PICTURE or --like ID.', {
      details: { words, image, like: rows },
    });
  if (id !== undefined && (words.length > 0 || image !== undefined || like.length > 0 || not.length > 0))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      'Expected --id alone, which shows the row first; --like ID goes with words and --image.',
      { details: { id } },
    );
  await assertWords(words);
  using searcher = await openSearchSource(job, terminal);
  const { textWeight, imageWeight, likeWeight, notWeight } = job;
  const query: SearchQuery<ImageInput> = {
    ...(words.length > 0 ? { text } : {}),
    ...(image === undefined ? {} : { image: await readImage(image, { signal }) }),
    ...(rows.length > 0 ? { like: rows } : {}),
    ...(not.length > 0 ? { not } : {}),
    weights: { text: textWeight, image: imageWeight, like: likeWeight, not: notWeight },
  };
  const options = {
    partitionsToSearch: job.partitionsToSearch,
    reorder: job.reorder,
    ...(label === undefined ? {} : { filter: { labels: label } }),
    minScore,
    k,
    signal,
  };
  const hits =
    id === undefined
      ? await searcher.search(query, options)
      : searcher.index!.search(await searcher.embed(query, { signal }), options);
  const title = titleOf({ text, image, rows, not });
  if (html !== undefined)
    await replaceFile(
      resolve(html),
      new TextEncoder().encode(await contactSheet({ title, job, rows, hits, searcher })),
    );
  terminal.result(
    hits.map(({ id: found, score, label: named, metadata }) => ({
      id: found,
      score,
      ...(named === undefined ? {} : { label: named }),
      ...toldOf(metadata),
    })),
    [
      colors.underline(printable(title)),
      ...hitLines(hits, searcher, terminal),
      ...(hits.length === 0 ? ['  nothing'] : []),
      ...(html === undefined ? [] : [`  ${colors.green('✔')} page: ${colors.underline(html)}`]),
    ],
  );
}

function titleOf(query: {
  text: string;
  image: string | undefined;
  rows: readonly string[];
  not: readonly string[];
}): string {
  const { text, image, rows, not } = query;
  const parts = [...(text === '' ? [] : [text]), ...(image === undefined ? [] : [image]), ...rows];
  return `${parts.join(' + ')}${not.map((words) => ` − ${words}`).join('')}`;
}

function hitLines(hits: readonly Hit[], { metric }: SearchSource, { colors, columns }: Terminal): string[] {
  const names = hits.map(({ id }) => printable(id));
  const width = widest(names, Math.max(20, columns - barWidth - 40));
  return hits.map(({ score, label, metadata }, i) => {
    const filled = metric === 'cosine' ? `${colors.cyan(bar(score, barWidth))}  ` : '';
    const value = metric === 'cosine' ? score.toFixed(3) : score.toPrecision(6);
    return `  ${fit(names[i]!, width)}  ${filled}${value.padStart(6)}${label === undefined ? '' : `  ${colors.dim(printable(label))}`}${textOf(metadata)}`;
  });
}

/** @throws {NearkinError} `INVALID_ARGUMENT` for the path of a picture where words are due */
async function assertWords([only, ...others]: readonly string[]): Promise<void> {
  if (only === undefined || others.length > 0 || !/\.(jpe?g|jfif|png|webp|gif|avif|tiff?|svg)$/i.test(only)) return;
  if (!(await stat(only).catch(() => undefined))?.isFile()) return;
  throw new NearkinError('INVALID_ARGUMENT', `Expected words, got a picture (${only}); ask with it as --image.`, {
    details: { words: only },
  });
}

/** What the user keeps with a row; where its picture lies is the program's own. */
function toldOf(metadata: unknown): { metadata?: unknown } {
  if (metadata === undefined || metadata === null) return {};
  if (!isPictureOrigin(metadata)) return { metadata };
  const { picture, ...told } = metadata;
  return Object.keys(told).length > 0 ? { metadata: told } : {};
}

/** Of a row that is a text: the text. */
function textOf(metadata: unknown): string {
  const text = typeof metadata === 'object' && metadata !== null && 'text' in metadata ? metadata.text : undefined;
  return typeof text === 'string' && !isPictureOrigin(metadata) ? `  ${printable(text)}` : '';
}
