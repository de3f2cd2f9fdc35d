import type { Embedder } from './embedder.js';
import { createGallery, type Gallery } from './gallery.js';
import { type JobOptions, throwIfAborted } from './job.js';
import { NearkinError, type NearkinErrorCode } from './nearkin-error.js';
import { createVectors, vectorAt } from './vectors.js';

/** One thing to embed. `input` may be a function that loads it when its turn comes, so that a folder need not fit in memory. */
export interface GalleryItem<Input> {
  readonly id: string;
  readonly label?: string | undefined;
  readonly input: Input | (() => Input | Promise<Input>);
  readonly metadata?: unknown;
}

export interface EmbedGalleryOptions<Input> extends JobOptions {
  /** Items embedded at a time; default 8. */
  readonly batchSize?: number | undefined;
  /** Called for an item that cannot be loaded or embedded; the item is left out. Without it the first such item ends the job. */
  readonly onError?: ((error: NearkinError, item: GalleryItem<Input>) => void) | undefined;
  /** Items in all, for progress, when `items` cannot say. */
  readonly total?: number | undefined;
}

type Loaded<Input> = { item: GalleryItem<Input>; input: Input };

/** These say that the job cannot go on, not that one item is bad. */
const fatalCodes: ReadonlySet<NearkinErrorCode> = new Set([
  'ABORTED',
  'DISPOSED',
  'BACKEND_UNAVAILABLE',
  'MISSING_DEPENDENCY',
  'WORKER_FAILED',
]);

/**
 * Embeds labelled items into a gallery. The next batch is loaded while the current one is embedded.
 *
 * @param items any iterable or async iterable; read once, a batch ahead
 * @returns rows in the order of the items, bad ones left out; `modelId` is the embedder's id
 * @throws {NearkinError} `EMPTY_GALLERY` when nothing could be embedded, `DUPLICATE_ID`, `ABORTED`, or an item's own error without `onError`
 * @example
 * const gallery = await embedGallery(embedder, readAlbums('albums'));
 */
export async function embedGallery<Input>(
  embedder: Embedder<Input>,
  items: Iterable<GalleryItem<Input>> | AsyncIterable<GalleryItem<Input>>,
  options: EmbedGalleryOptions<Input> = {},
): Promise<Gallery> {
  const { batchSize = 8, signal, onProgress } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a batch size of at least 1, got ${batchSize}.`, {
      details: { batchSize },
    });
  const total = options.total ?? (Array.isArray(items) ? items.length : null);
  const rows: Float32Array[] = [];
  const kept: GalleryItem<Input>[] = [];
  const skipped: NearkinError[] = [];
  let done = 0;

  const skip = (thrown: unknown, item: GalleryItem<Input>) => {
    const error = asItemError(thrown, item.id);
    if (!options.onError || fatalCodes.has(error.code)) throw error;
    skipped.push(error);
    options.onError(error, item);
  };
  const embed = async (batch: Loaded<Input>[]): Promise<void> => {
    if (batch.length === 0) return;
    try {
      const vectors = await embedder.embed(
        batch.map((entry) => entry.input),
        { signal },
      );
      checkAnswer(vectors, batch.length, embedder.dim);
      batch.forEach(({ item }, i) => {
        const row = vectorAt(vectors, i);
        const bad = row.findIndex((value) => !Number.isFinite(value));
        if (bad >= 0)
          skip(
            new NearkinError('NON_FINITE', `The embedder gave ${row[bad]} for ${item.id}; expected finite numbers.`),
            item,
          );
        else {
          rows.push(row.slice());
          kept.push(item);
        }
      });
    } catch (error) {
      if (batch.length === 1 || !options.onError || isFatal(error)) {
        skip(error, batch[0]!.item);
        return;
      }
      // One bad input must not take its neighbours along.
      for (const entry of batch) await embed([entry]);
    }
  };

  const batches = loadBatches(items, batchSize, skip, signal);
  let next = batches.next();
  next.catch(() => {});
  for (;;) {
    throwIfAborted(signal);
    const { value, done: ended } = await next;
    if (ended) break;
    next = batches.next();
    next.catch(() => {});
    await embed(value.loaded);
    done += value.size;
    onProgress?.({ done, total, phase: 'embed' });
  }
  throwIfAborted(signal);
  if (rows.length === 0) throw emptyGallery(skipped);
  const data = new Float32Array(rows.length * embedder.dim);
  rows.forEach((row, i) => {
    data.set(row, i * embedder.dim);
  });
  return createGallery({
    vectors: createVectors(data, embedder.dim),
    ids: kept.map((item) => item.id),
    labels: kept.map((item) => item.label ?? ''),
    modelId: embedder.id,
    metadata: kept.some((item) => item.metadata !== undefined) ? kept.map((item) => item.metadata ?? null) : undefined,
  });
}

async function* loadBatches<Input>(
  items: Iterable<GalleryItem<Input>> | AsyncIterable<GalleryItem<Input>>,
  batchSize: number,
  skip: (error: unknown, item: GalleryItem<Input>) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ loaded: Loaded<Input>[]; size: number }, void> {
  const load = async (pending: GalleryItem<Input>[]) => {
    const inputs = await Promise.allSettled(
      pending.map(async ({ input }) =>
        typeof input === 'function' ? (input as () => Input | Promise<Input>)() : input,
      ),
    );
    const loaded: Loaded<Input>[] = [];
    inputs.forEach((result, i) => {
      if (result.status === 'fulfilled') loaded.push({ item: pending[i]!, input: result.value });
      else skip(result.reason, pending[i]!);
    });
    return { loaded, size: pending.length };
  };
  let pending: GalleryItem<Input>[] = [];
  const seen = new Set<string>();
  for await (const item of items) {
    throwIfAborted(signal);
    if (seen.has(item.id))
      throw new NearkinError(
        'DUPLICATE_ID',
        `Two items have the id ${JSON.stringify(item.id)}; every item needs an id of its own.`,
        {
          details: { id: item.id },
        },
      );
    seen.add(item.id);
    pending.push(item);
    if (pending.length < batchSize) continue;
    yield await load(pending);
    pending = [];
  }
  if (pending.length > 0) yield await load(pending);
}

function checkAnswer(vectors: { count: number; dim: number }, count: number, dim: number): void {
  if (vectors.count !== count || vectors.dim !== dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected the embedder to give ${count} vectors of ${dim} numbers, got ${vectors.count} of ${vectors.dim}.`,
      { details: { expected: [count, dim], received: [vectors.count, vectors.dim] } },
    );
}

function isFatal(error: unknown): boolean {
  return error instanceof NearkinError && fatalCodes.has(error.code);
}

function asItemError(error: unknown, id: string): NearkinError {
  if (error instanceof NearkinError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new NearkinError('BAD_PICTURE', `Could not embed ${id}: ${reason}`, { cause: error, details: { id } });
}

function emptyGallery(skipped: readonly NearkinError[]): NearkinError {
  if (skipped.length === 0) return new NearkinError('EMPTY_GALLERY', 'Expected at least one item to embed, got none.');
  return new NearkinError(
    'EMPTY_GALLERY',
    `None of the ${skipped.length} items could be embedded; the first one failed with: ${skipped[0]!.message}`,
    { details: { failed: skipped.length }, cause: skipped[0] },
  );
}
