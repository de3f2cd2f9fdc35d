import { NearkinError } from '@nearkin/core';
import type { SearcherConfig } from './searcher-config.js';

/**
 * An index of the on-device Searcher (TFLite Support, ScaNN on device), as its file holds it and nothing more. Rows stand
 * partition by partition: partition p has the rows from `partitionOffsets[p]` to `partitionOffsets[p + 1]`.
 */
export interface SearcherIndex {
  readonly config: SearcherConfig;
  /** Rows, `[count, width]` row-major: vectors as they were embedded, or product codes, a byte a block. */
  readonly rows: Float32Array | Uint8Array;
  /** Numbers of a row: the dimension, or the blocks of its codes. */
  readonly width: number;
  readonly count: number;
  /** From 0 to `count`, rising; one more than there are partitions. An index without partitioner has one partition. */
  readonly partitionOffsets: Uint32Array;
  /** The metadata of all rows, one after another; see {@link metadataOf}. */
  readonly metadata: Uint8Array;
  /** Row r's metadata lies from `metadataOffsets[r]` to `metadataOffsets[r + 1]`. */
  readonly metadataOffsets: Uint32Array;
  /** Any bytes, of the index as a whole; empty when there are none. */
  readonly userInfo: Uint8Array;
}

/** What {@link createSearcherIndex} takes. */
export interface SearcherIndexParts {
  readonly config: SearcherConfig;
  readonly rows: Float32Array | Uint8Array;
  readonly width: number;
  /** For rows that stand partition by partition: where each starts, and the end. */
  readonly partitionOffsets?: Uint32Array | undefined;
  /** For rows in any order: the partition of each. Rows are then regrouped, in their order inside a partition. */
  readonly assignments?: ArrayLike<number> | undefined;
  /** One for each row, texts (as UTF-8) or bytes, in the order of `rows`. */
  readonly metadata: readonly (string | Uint8Array)[];
  readonly userInfo?: string | Uint8Array | undefined;
}

/**
 * Checks the parts and freezes them into an index. Without offsets and assignments it has one partition. Rows are copied
 * only where they are regrouped.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` saying what does not fit
 * @example
 * const index = createSearcherIndex({
 *   config: { distance: 'dot' },
 *   rows: new Float32Array([1, 0, 0, 1]),
 *   width: 2,
 *   metadata: ['right', 'up'],
 * });
 * index.count // 2
 */
export function createSearcherIndex(parts: SearcherIndexParts): SearcherIndex {
  const { config, width, metadata, assignments } = parts;
  const encoder = new TextEncoder();
  const given = metadata.map((text) => (typeof text === 'string' ? encoder.encode(text) : text));
  const regrouped = assignments && regroup(parts, assignments);
  const texts = regrouped ? regrouped.order.map((row) => given[row]!) : given;
  const offsets = new Uint32Array(texts.length + 1);
  texts.forEach((text, row) => {
    offsets[row + 1] = offsets[row]! + text.length;
  });
  const joined = new Uint8Array(offsets.at(-1)!);
  texts.forEach((text, row) => {
    joined.set(text, offsets[row]);
  });
  const userInfo = parts.userInfo ?? new Uint8Array(0);
  const index: SearcherIndex = {
    config,
    rows: regrouped?.rows ?? parts.rows,
    width,
    count: texts.length,
    partitionOffsets: regrouped?.partitionOffsets ?? parts.partitionOffsets ?? Uint32Array.of(0, texts.length),
    metadata: joined,
    metadataOffsets: offsets,
    userInfo: typeof userInfo === 'string' ? encoder.encode(userInfo) : userInfo,
  };
  assertFits(index);
  return Object.freeze(index);
}

/** Rows partition by partition; a partition that no row names is empty. */
function regroup({ rows, width, metadata, config }: SearcherIndexParts, assignments: ArrayLike<number>) {
  const count = metadata.length;
  const partitions =
    config.partitioner?.leaves?.count ?? Array.from(assignments).reduce((a, b) => Math.max(a, b + 1), 1);
  if (assignments.length !== count) throw unfit(`${assignments.length} assignments for ${count} rows`);
  const members: number[][] = Array.from({ length: partitions }, () => []);
  for (let row = 0; row < count; row++) {
    const list = members[assignments[row]!];
    if (!list) throw unfit(`row ${row} is in partition ${assignments[row]} of ${partitions}`);
    list.push(row);
  }
  const order = members.flat();
  const moved = rows instanceof Float32Array ? new Float32Array(rows.length) : new Uint8Array(rows.length);
  order.forEach((row, place) => {
    moved.set(rows.subarray(row * width, (row + 1) * width), place * width);
  });
  const partitionOffsets = new Uint32Array(partitions + 1);
  members.forEach((list, p) => {
    partitionOffsets[p + 1] = partitionOffsets[p]! + list.length;
  });
  return { order, rows: moved, partitionOffsets };
}

/** @throws {NearkinError} `INVALID_ARGUMENT` */
export function assertFits(index: SearcherIndex): void {
  const reason = misfit(index);
  if (reason !== undefined) throw unfit(reason);
}

function unfit(reason: string): NearkinError {
  return new NearkinError('INVALID_ARGUMENT', `Expected the parts of a search index to fit: ${reason}.`);
}

/** How the parts of an index contradict one another; undefined when they do not. */
export function misfit({ config, rows, width, count, partitionOffsets: offsets }: SearcherIndex): string | undefined {
  if (!Number.isSafeInteger(width) || width < 1) return `a row of ${width} numbers`;
  if (rows.length !== count * width)
    return `${count} rows of ${width} are ${count * width} numbers, there are ${rows.length}`;
  const partitions = offsets.length - 1;
  if (partitions < 1 || offsets[0] !== 0 || offsets[partitions] !== count)
    return `partitions must share out ${count} rows`;
  for (let p = 0; p < partitions; p++) if (offsets[p]! > offsets[p + 1]!) return `partition ${p} ends before it starts`;
  const { indexer, partitioner } = config;
  const leaves = partitioner?.leaves;
  if (leaves && leaves.count !== partitions) return `${leaves.count} centroids for ${partitions} partitions`;
  if (rows instanceof Float32Array || !indexer || indexer.codebook.widths.length === 0) return undefined;
  const { widths, codewords } = indexer.codebook;
  if (widths.length !== width) return `a codebook of ${widths.length} blocks for ${width} codes a row`;
  if (codewords < 256 && rows.some((code) => code >= codewords)) return `a code beyond the ${codewords} codewords`;
  return undefined;
}

/**
 * A view of one row's metadata.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when there is no such row
 */
export function metadataOf({ count, metadata, metadataOffsets }: SearcherIndex, row: number): Uint8Array {
  if (!Number.isInteger(row) || row < 0 || row >= count)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a row from 0 to ${count - 1}, got ${row}.`);
  return metadata.subarray(metadataOffsets[row], metadataOffsets[row + 1]);
}
