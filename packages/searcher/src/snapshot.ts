import { NearkinError } from '@nearkin/core';
import { loadKernels } from '@nearkin/kernels';
import { checkHeader } from './check-header.js';
import type { IndexHeader } from './index-header.js';
import { createIndexState, rankPartitions } from './index-state.js';
import { SearchIndex } from './search-index.js';
import { codeBlocks, sectionLayout } from './section-layout.js';

export type { IndexHeader } from './index-header.js';
export { toSnapshot } from './to-snapshot.js';

/**
 * An index as plain bytes: what a file holds, and nothing that a file cannot hold.
 *
 * Rows stand in partition order (partition 0's rows, then partition 1's, …; kinds without partitions have one). Row r of
 * this order is the gallery's row `row.ids[r]`; `ids`, `labels` and `metadata` are in gallery order.
 */
export interface IndexSnapshot {
  readonly header: IndexHeader;
  /** By section name; little-endian, tightly packed as {@link sectionLayout} says. */
  readonly sections: ReadonlyMap<string, Uint8Array>;
  readonly ids: readonly string[];
  readonly labels?: readonly string[] | undefined;
  readonly metadata?: readonly unknown[] | undefined;
}

/** Which engine shall search; see `buildIndex`. */
export interface EngineOptions {
  readonly engine?: 'wasm' | 'js' | undefined;
  readonly relaxed?: boolean | undefined;
  readonly shared?: boolean | undefined;
}

/**
 * Makes an index from plain bytes. Everything is checked before a kernel sees it: a snapshot of unknown origin gives an
 * error or an index that searches safely.
 *
 * @throws {NearkinError} `BAD_FORMAT` saying what does not fit, `TOO_LARGE`
 */
export async function fromSnapshot(snapshot: IndexSnapshot, options: EngineOptions = {}): Promise<SearchIndex> {
  const header = checkHeader(snapshot.header);
  const { ids, labels, metadata, sections } = snapshot;
  for (const [name, list] of Object.entries({ ids, labels, metadata }))
    if (list && list.length !== header.count) throw bad(`expected ${header.count} ${name}, got ${list.length}`);
  const offsets = checkOffsets(header, sections.get('partition.offsets'));
  const counts = Array.from({ length: header.partitions }, (_, p) => offsets[p + 1]! - offsets[p]!);
  const layout = sectionLayout(header);
  for (const { name, scope, bytes } of layout) {
    const expected = scope === 'shared' ? bytes(0) : counts.reduce((sum, count) => sum + bytes(count), 0);
    const length = sections.get(name)?.length;
    if (length !== expected) throw bad(`expected ${expected} bytes of ${name}, got ${length ?? 'none'}`);
  }
  const rowIds = checkPermutation(words(sections.get('row.ids')!));
  const centroids =
    sections.has('centroids') && header.kind === 'partitioned'
      ? floats(sections.get('centroids')!, 'centroids')
      : undefined;
  const codebook = codeBooks(header) ? floats(sections.get('codebook')!, 'codebook') : undefined;
  if (new Set(ids).size !== ids.length) throw bad('an id stands twice');

  const kernels = await loadKernels({ prefer: options.engine, relaxed: options.relaxed, shared: options.shared });
  const state = createIndexState(kernels, header, { centroids, codebook });
  const starts = new Map<string, number>();
  state.rows.restore({ ids, labels, metadata });
  for (let p = 0; p < header.partitions; p++) {
    const count = counts[p]!;
    state.store.load(p, count, (name) => {
      const bytes = layout.find((section) => section.name === name)!.bytes(count);
      const start = starts.get(name) ?? 0;
      starts.set(name, start + bytes);
      return sections.get(name)!.subarray(start, start + bytes);
    });
    for (let slot = 0; slot < count; slot++) state.rows.place(rowIds[offsets[p]! + slot]!, p, slot);
  }
  rankPartitions(state);
  return new SearchIndex(state);
}

const codeBooks = ({ codes, dim, dimensionsPerBlock }: IndexHeader) =>
  (codes === 'pq4' || codes === 'pq8') &&
  codeBlocks({ codes, dim, ...(dimensionsPerBlock ? { dimensionsPerBlock } : {}) }) > 0;

function checkOffsets({ partitions, count }: IndexHeader, bytes: Uint8Array | undefined): Uint32Array {
  if (bytes?.length !== 4 * (partitions + 1)) throw bad(`expected ${partitions + 1} partition offsets`);
  const offsets = words(bytes);
  for (let p = 0; p < partitions; p++)
    if (offsets[p]! > offsets[p + 1]!) throw bad(`partition ${p} ends before it starts`);
  if (offsets[0] !== 0 || offsets[partitions] !== count)
    throw bad(`expected partitions from 0 to ${count}, got ${offsets[0]} to ${offsets[partitions]}`);
  return offsets;
}

function checkPermutation(list: Uint32Array): Uint32Array {
  const seen = new Uint8Array(list.length);
  for (const row of list) {
    if (row >= list.length || seen[row]) throw bad(`expected every row once, got ${row} twice or out of range`);
    seen[row] = 1;
  }
  return list;
}

/** Copies, so that the numbers are aligned. */
function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer);
}

function floats(bytes: Uint8Array, name: string): Float32Array {
  const list = new Float32Array(bytes.slice().buffer);
  if (!list.every(Number.isFinite)) throw bad(`${name} are not finite`);
  return list;
}

function bad(reason: string): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid index: ${reason}.`);
}
