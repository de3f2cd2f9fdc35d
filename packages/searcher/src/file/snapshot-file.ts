import { type JobOptions, NearkinError, type SafetensorsEntry } from '@nearkin/core';
import { sectionLayout } from '../state/section-layout.js';
import type { IndexHeader, IndexSnapshot } from '../state/snapshot.js';
import { type LazySections, openSections } from './lazy-sections.js';
import { bad, type Container, contentNames, openContainer, spanOf } from './open-container.js';
import type { RandomAccess } from './random-access.js';
import { isRowText, openRowTexts, type StoredTexts, writeRowTexts } from './row-texts.js';
import { joinPieces, writeContainer } from './write-container.js';

/** A file whose header is read; everything else is read when asked for. */
export interface StoredIndex {
  /** As the file says; {@link StoredIndex.readSnapshot}'s reader must still check that it makes sense. */
  readonly header: IndexHeader;
  /** How often this file was saved over itself: 0, 1, … */
  readonly generation: number;
  readonly container: Container;
  readonly sections: LazySections;
  readonly texts: StoredTexts;
  /** Reads and checks everything. */
  readSnapshot(options?: JobOptions): Promise<IndexSnapshot>;
}

const itemBytes = { F32: 4, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1 } as const;

/**
 * Lays an index out as a `.nearkin` file, in pieces.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when ids, labels or metadata are not well-formed text
 */
export function snapshotPieces(
  snapshot: IndexSnapshot,
  { generation = 0 }: { generation?: number } = {},
): Uint8Array[] {
  const { header } = snapshot;
  const sections = new Map<string, SafetensorsEntry>();
  for (const { name, dtype } of sectionLayout(header)) {
    const bytes = snapshot.sections.get(name);
    if (bytes) sections.set(name, { dtype, shape: [bytes.length / itemBytes[dtype]], bytes });
  }
  for (const [name, bytes] of snapshot.sections)
    if (!sections.has(name)) sections.set(name, { dtype: 'U8', shape: [bytes.length], bytes });
  const { ids, metadata: values } = snapshot;
  const labels = snapshot.labels?.some((label) => label !== '') ? snapshot.labels : undefined;
  const texts = writeRowTexts({ ids, labels, metadata: values });
  for (const [name, entry] of texts.sections) sections.set(name, entry);
  const metadata = new Map([
    ['index', JSON.stringify(header)],
    ['labelNames', String(texts.labelNames)],
    ['generation', String(generation)],
  ]);
  return writeContainer({ sections, metadata });
}

/** The same, in one piece. */
export function snapshotBytes(snapshot: IndexSnapshot): Uint8Array {
  return joinPieces(snapshotPieces(snapshot));
}

/**
 * Opens a file for reading: header and small sections now, the rest later.
 *
 * @param options.modelId the embedder that the caller's queries come from
 * @throws {NearkinError} `BAD_FORMAT`, `UNSUPPORTED_VERSION`, `MODEL_MISMATCH`, `IO_ERROR`, `ABORTED`
 */
export async function openStoredIndex(
  access: RandomAccess,
  options: {
    modelId?: string | undefined;
    cacheBytes?: number | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<StoredIndex> {
  const container = await openContainer(access, options);
  const { metadata } = container;
  const header = parseHeader(metadata.get('index'), access.location);
  assertModel(header, { modelId: options.modelId, location: access.location });
  const sections = await openSections(container, options);
  const labelNames = wholeNumber(metadata, 'labelNames', access.location);
  const texts = openRowTexts(sections, { count: header.count, labelNames });
  return {
    header,
    generation: wholeNumber(metadata, 'generation', access.location),
    container,
    sections,
    texts,
    async readSnapshot(read = {}) {
      const parts = new Map<string, Uint8Array>();
      const { signal, onProgress } = read;
      const total = access.size;
      for (const name of contentNames(container)) {
        if (isRowText(name)) continue;
        parts.set(name, await sections.read(name, { signal }));
        onProgress?.({ done: spanOf(container, name).end, total, phase: 'read' });
      }
      const { ids, labels, metadata: values } = await texts.readAll({ signal });
      onProgress?.({ done: total, total, phase: 'read' });
      return {
        header,
        sections: parts,
        ids,
        ...(labels && { labels }),
        ...(values && { metadata: values }),
      };
    },
  };
}

function parseHeader(text: string | undefined, location: string): IndexHeader {
  let header: unknown;
  try {
    header = JSON.parse(text ?? '');
  } catch (cause) {
    throw bad(location, 'the description of the index is not JSON', cause);
  }
  const count = typeof header === 'object' && header !== null && 'count' in header ? header.count : undefined;
  if (!Number.isSafeInteger(count) || (count as number) < 0)
    throw bad(location, `expected a number of rows, got ${JSON.stringify(count)}`);
  return Object.freeze(header as IndexHeader);
}

function assertModel(
  { modelId: received }: IndexHeader,
  { modelId: expected, location }: { modelId: string | undefined; location: string },
): void {
  if (expected === undefined || received === undefined || expected === received) return;
  throw new NearkinError(
    'MODEL_MISMATCH',
    `Expected an index of embedder ${expected}, got one of ${received}: ${location}; build it again with this embedder, or search it with its own.`,
    { details: { expected, received, location } },
  );
}

function wholeNumber(metadata: ReadonlyMap<string, string>, name: string, location: string): number {
  const text = metadata.get(name) ?? '';
  if (!/^\d{1,15}$/.test(text)) throw bad(location, `expected a whole number as ${name}, got ${JSON.stringify(text)}`);
  return Number(text);
}
