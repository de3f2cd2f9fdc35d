import { NearkinError } from '@nearkin/core';
import { loadKernels } from '@nearkin/kernels';
import { placeRows } from '../build/place-rows.js';
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
 * this order is the gallery's row `row.ids[r]` (with `header.copies`, that many stand in two partitions); `ids`, `labels` and `metadata` are in gallery order.
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
  for (const { name, scope, dtype } of layout)
    if (scope === 'partition' && (dtype === 'F32' || name === 'rows.bf16')) checkFinite(sections.get(name)!, name);
  checkRows(header, words(sections.get('row.ids')!), offsets);
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
  }
  placeRows(state);
  rankPartitions(state);
  return new SearchIndex(state);
}

const codeBooks = ({ codes, dim, dimensionsPerBlock }: IndexHeader) =>
  (codes === 'pq4' || codes === 'pq8') &&
  codeBlocks({ codes, dim, ...(dimensionsPerBlock ? { dimensionsPerBlock } : {}) }) > 0;

function checkOffsets({ partitions, count, copies = 0 }: IndexHeader, bytes: Uint8Array | undefined): Uint32Array {
  if (bytes?.length !== 4 * (partitions + 1)) throw bad(`expected ${partitions + 1} partition offsets`);
  const offsets = words(bytes);
  for (let p = 0; p < partitions; p++)
    if (offsets[p]! > offsets[p + 1]!) throw bad(`partition ${p} ends before it starts`);
  if (offsets[0] !== 0 || offsets[partitions] !== count + copies)
    throw bad(`expected partitions from 0 to ${count + copies}, got ${offsets[0]} to ${offsets[partitions]}`);
  return offsets;
}

/** Every row stands once, or with copies once or twice in different partitions. */
function checkRows({ partitions, count, copies = 0 }: IndexHeader, list: Uint32Array, offsets: Uint32Array): void {
  // By row: one more than its last partition.
  const seen = new Uint32Array(count);
  const twice = new Uint8Array(copies > 0 ? count : 0);
  let rows = 0;
  for (let p = 0; p < partitions; p++)
    for (let i = offsets[p]!; i < offsets[p + 1]!; i++) {
      const row = list[i]!;
      if (row >= count || seen[row] === p + 1 || (seen[row] !== 0 && (copies === 0 || twice[row])))
        throw bad(`expected every row once, got ${row} once more or out of range`);
      if (seen[row] === 0) rows++;
      else twice[row] = 1;
      seen[row] = p + 1;
    }
  if (rows !== count) throw bad(`expected ${count} rows, got ${rows}`);
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

/** An exponent of ones is infinite or not a number. */
function checkFinite(bytes: Uint8Array, name: string): void {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const halves = name === 'rows.bf16';
  const list = halves
    ? new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2)
    : new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  const ones = halves ? 0x7f80 : 0x7f800000;
  for (let i = 0; i < list.length; i++) if ((list[i]! & ones) === ones) throw bad(`${name} are not finite`);
}

function bad(reason: string): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid index: ${reason}.`);
}
