import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NearkinError } from '@nearkin/core';
import type { Encoder, ImageInput } from '@nearkin/embedders';
import {
  type BundleSearcher,
  composeSearcher,
  type Metric,
  openIndex,
  openLazySearcher,
  openSearcher,
  type QueryEncoder,
  type SearchIndex,
} from '@nearkin/searcher';
import { defaultEncoderName } from '../encoders/default-name.js';
import { openEncoder } from '../encoders/open-encoder.js';
import type { SearchJob } from '../jobs/search-source.js';
import type { Terminal } from '../terminal/terminal.js';

/** What can be searched. */
export interface SearchSource
  extends Pick<BundleSearcher<ImageInput>, 'search' | 'embed' | 'thumbnail' | 'dispose' | typeof Symbol.dispose> {
  readonly metric: Metric;
  /** Undefined where its rows stay in the file: words and pictures need no more than some partitions. */
  readonly index: SearchIndex | undefined;
}

/**
 * Opens a search bundle, or an index file with the embedder that the command line names.
 *
 * @throws {NearkinError} `MODEL_MISMATCH` when an index file was made with another embedder, `UNSUPPORTED` for the id of
 *   a row in an index that keeps no rows, and what opening throws
 */
export async function openSearchSource(job: SearchJob, terminal: Terminal): Promise<SearchSource> {
  const { source, embedder } = job;
  const { signal } = terminal;
  const isFolder = /^https?:|search\.json$/.test(source) || (await stat(source)).isDirectory();
  if (isFolder && !source.endsWith('.nearkin')) {
    await assertBundle(source);
    if (embedder === undefined) {
      if (!needsIndex(job)) {
        const lazy = await openLazySearcher<ImageInput>(source, { signal });
        return { ...lazy, metric: lazy.header.metric, index: undefined };
      }
      return owning(await openSearcher<ImageInput>(source, { signal }));
    }
    const encoder = await openEncoder(job, terminal);
    try {
      return owning(await openSearcher<ImageInput>(source, { encoder, signal }), encoder);
    } catch (error) {
      encoder.dispose();
      throw error;
    }
  }
  const index = await openIndex(source, { signal });
  try {
    if (job.id !== undefined || job.like !== undefined) assertRows(index);
    const asksEncoder = job.words.length > 0 || job.image !== undefined || job.not !== undefined;
    if (!asksEncoder) {
      const nobody: QueryEncoder<ImageInput> = { id: index.modelId ?? '', dim: index.dim };
      return owning(await composeSearcher<ImageInput>(index, nobody), index);
    }
    const encoder = await openEncoder(job, terminal);
    try {
      assertEncoder(index, encoder, job);
      return owning(await composeSearcher<ImageInput>(index, encoder), index, encoder);
    } catch (error) {
      encoder.dispose();
      throw error;
    }
  } catch (error) {
    index.dispose();
    throw error;
  }
}

/** @throws {NearkinError} `NOT_FOUND` for a folder of something else */
async function assertBundle(source: string): Promise<void> {
  if (/^https?:|search\.json$/.test(source) || (await stat(join(source, 'search.json')).catch(() => undefined))) return;
  throw new NearkinError(
    'NOT_FOUND',
    `Expected a search bundle, got a folder without search.json: ${source}; make one with nearkin index PHOTOS -o OUT.`,
    { details: { source } },
  );
}

/** Whether a query asks more than a file that stays where it is can tell: filters, and rows by their ids. */
function needsIndex({ id, like, label }: SearchJob): boolean {
  return id !== undefined || like !== undefined || label !== undefined;
}

/** The searcher, which takes other things along when it is disposed. */
function owning(searcher: BundleSearcher<ImageInput>, ...others: readonly { dispose(): void }[]): SearchSource {
  const dispose = () => {
    searcher.dispose();
    for (const other of others) other.dispose();
  };
  return { ...searcher, metric: searcher.index.stats().metric, dispose, [Symbol.dispose]: dispose };
}

function assertRows(index: SearchIndex): void {
  const { kind, codes, reorder } = index.stats();
  if (kind === 'partitioned' && reorder === 'none' && codes !== 'int8')
    throw new NearkinError(
      'UNSUPPORTED',
      'Expected an index that keeps its rows, got one of codes only (reorder none): build it with --reorder int8 or finer.',
      { details: { codes, reorder } },
    );
}

function assertEncoder(index: SearchIndex, encoder: Encoder, { source, embedder }: SearchJob): void {
  if (index.modelId === undefined || index.modelId === encoder.id) return;
  throw new NearkinError(
    'MODEL_MISMATCH',
    embedder === undefined
      ? `Expected the embedder that ${source} was made with (${index.modelId}), got the ${defaultEncoderName} (${encoder.id}); name it with --embedder.`
      : `Expected the embedder that ${source} was made with (${index.modelId}), got ${encoder.id}; give the --embedder (and --layer) that the index was made with.`,
    { details: { expected: index.modelId, received: encoder.id } },
  );
}
