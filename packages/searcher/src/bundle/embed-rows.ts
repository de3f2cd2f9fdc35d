import {
  type Embedder,
  embedGallery,
  type GalleryItem,
  NearkinError,
  type Progress,
  throwIfAborted,
  vectorAt,
} from '@nearkin/core';
import type { EmbeddedRow, Journal, SearcherItem, SkippedItem } from './journal.js';

export interface EmbedRowsOptions<Input> {
  readonly journal: Journal | undefined;
  readonly batchSize: number;
  readonly thumbnail: ((item: SearcherItem<Input>) => Promise<Uint8Array | undefined>) | undefined;
  readonly onError: ((error: NearkinError, item: GalleryItem<Input>) => void) | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly total: number | null;
}

export interface EmbeddedRows {
  /** In the order of the items. */
  readonly rows: readonly EmbeddedRow[];
  readonly skipped: readonly SkippedItem[];
  readonly resumed: number;
}

/**
 * Embeds items batch by batch; each batch is in the journal before the next one begins. Items that are in the journal
 * already, with the same stamp, are taken from it; bad ones are tried again.
 *
 * @throws {NearkinError} `EMPTY_GALLERY` when nothing could be embedded, `DUPLICATE_ID`, `ABORTED`, and what ends a job
 */
export async function embedRows<Input>(
  embedder: Embedder<Input>,
  items: Iterable<SearcherItem<Input>> | AsyncIterable<SearcherItem<Input>>,
  options: EmbedRowsOptions<Input>,
): Promise<EmbeddedRows> {
  const { journal, batchSize, signal, onProgress, total } = options;
  const rows: EmbeddedRow[] = [];
  const skipped: SkippedItem[] = [];
  const seen = new Set<string>();
  let resumed = 0;
  let done = 0;
  let pending: { item: SearcherItem<Input>; place: number }[] = [];

  const embed = async () => {
    const batch = pending;
    pending = [];
    if (batch.length === 0) return;
    const embedded = await embedBatch(
      embedder,
      batch.map(({ item }) => item),
      { ...options, skipped },
    );
    await journal?.keep([...embedded.values()]);
    for (const { item, place } of batch) {
      const row = embedded.get(item.id);
      if (row) rows[place] = row;
    }
    done += batch.length;
    onProgress?.({ done, total, phase: 'embed' });
  };

  let place = 0;
  for await (const item of items) {
    throwIfAborted(signal);
    if (seen.has(item.id))
      throw new NearkinError(
        'DUPLICATE_ID',
        `Two items have the id ${JSON.stringify(item.id)}; every item needs an id of its own.`,
        { details: { id: item.id } },
      );
    seen.add(item.id);
    const known = journal?.rows.get(item.id);
    if (known && known.stamp === item.stamp) {
      // What is said of an item may have changed without the item.
      rows[place++] = { ...known, label: item.label ?? '', metadata: item.metadata };
      resumed++;
      done++;
      continue;
    }
    pending.push({ item, place: place++ });
    if (pending.length >= batchSize) await embed();
  }
  await embed();
  throwIfAborted(signal);
  const kept = rows.filter((row) => row !== undefined);
  if (kept.length === 0) throw nothing(skipped);
  onProgress?.({ done, total: total ?? done, phase: 'embed' });
  return { rows: kept, skipped, resumed };
}

async function embedBatch<Input>(
  embedder: Embedder<Input>,
  batch: readonly SearcherItem<Input>[],
  options: EmbedRowsOptions<Input> & { skipped: SkippedItem[] },
): Promise<Map<string, EmbeddedRow>> {
  const { signal, skipped, thumbnail } = options;
  let failed = 0;
  const gallery = await embedGallery(embedder, batch, {
    signal,
    // The next pictures are decoded while these are embedded.
    batchSize: Math.max(1, Math.ceil(batch.length / 4)),
    onError(error, item) {
      failed++;
      skipped.push({ id: item.id, code: error.code, message: error.message });
      options.onError?.(error, item);
    },
  }).catch((error: unknown) => {
    if (error instanceof NearkinError && error.code === 'EMPTY_GALLERY' && failed === batch.length) return undefined;
    throw error;
  });
  const byId = new Map(batch.map((item) => [item.id, item]));
  const rows = new Map<string, EmbeddedRow>();
  await Promise.all(
    (gallery?.ids ?? []).map(async (id, i) => {
      const { label = '', metadata, stamp } = byId.get(id)!;
      // A picture that was embedded but has no thumbnail is still found.
      const picture = await thumbnail?.(byId.get(id)!).catch(() => undefined);
      rows.set(id, {
        id,
        label,
        vector: vectorAt(gallery!.vectors, i),
        ...(metadata === undefined ? {} : { metadata }),
        ...(stamp === undefined ? {} : { stamp }),
        ...(picture ? { thumbnail: picture } : {}),
      });
    }),
  );
  return new Map([...byId.keys()].flatMap((id) => (rows.has(id) ? [[id, rows.get(id)!] as const] : [])));
}

function nothing(skipped: readonly SkippedItem[]): NearkinError {
  const [first] = skipped;
  if (!first) return new NearkinError('EMPTY_GALLERY', 'Expected at least one item to make searchable, got none.');
  return new NearkinError(
    'EMPTY_GALLERY',
    `None of the ${skipped.length} items could be embedded; the first one, ${first.id}, failed with: ${first.message}`,
    { details: { failed: skipped.length } },
  );
}
