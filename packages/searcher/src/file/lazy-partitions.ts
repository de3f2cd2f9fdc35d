import { checkHeader } from '../state/check-header.js';
import { sectionLayout } from '../state/section-layout.js';
import type { IndexHeader, IndexSnapshot } from '../state/snapshot.js';
import { bad } from './open-container.js';
import type { StoredIndex } from './snapshot-file.js';
import { joinPieces } from './write-container.js';

type Stop = { readonly signal?: AbortSignal | undefined };

/** The bytes of one partition: what each section says of its rows. */
export interface PartitionParts {
  readonly rows: number;
  readonly sections: ReadonlyMap<string, Uint8Array>;
  readonly bytes: number;
}

/** A partition, and how far it ranks behind the best: of a query of length 1, but for squared distances. */
export interface RankedPartition {
  readonly partition: number;
  readonly behind: number;
}

/** Reads an index partition by partition. */
export interface LazyPartitions {
  readonly header: IndexHeader;
  /** Rows of each partition. */
  readonly counts: Uint32Array;
  /** Bytes of all partitions together. */
  readonly bytes: number;
  /** Non-empty partitions, the most promising for this query first. */
  rank(query: Float32Array): RankedPartition[];
  read(partition: number, options?: Stop): Promise<PartitionParts>;
  /**
   * The partition that a row of the gallery is in.
   *
   * @throws {NearkinError} `BAD_FORMAT` when it is in none
   */
  find(row: number, options?: Stop): Promise<number>;
  /** An index of these partitions alone, all others empty; row i of it is the gallery's row `ids[i]`. */
  snapshotOf(loaded: ReadonlyMap<number, PartitionParts>): IndexSnapshot;
}

/**
 * Reads what every search needs (centroids, codebook, where partitions start) and leaves the rest in the file.
 *
 * @throws {NearkinError} `BAD_FORMAT` when sections and header disagree, `IO_ERROR`, `ABORTED`
 */
export async function openPartitions(stored: StoredIndex, options: Stop = {}): Promise<LazyPartitions> {
  const { sections, container } = stored;
  const header = checkHeader(stored.header);
  const { location } = container.access;
  const layout = sectionLayout(header);
  const shared = new Map<string, Uint8Array>();
  for (const { name, scope, bytes } of layout) {
    if (scope !== 'shared') continue;
    const part = await sections.read(name, options);
    if (part.length !== bytes(0)) throw bad(location, `expected ${bytes(0)} bytes of ${name}, got ${part.length}`);
    shared.set(name, part);
  }
  const starts = new Uint32Array(shared.get('partition.offsets')!.slice().buffer);
  const counts = new Uint32Array(header.partitions);
  for (let p = 0; p < header.partitions; p++) {
    counts[p] = starts[p + 1]! - starts[p]!;
    if (starts[p + 1]! < starts[p]!) throw bad(location, 'partitions do not follow one another');
  }
  const rows = header.count + (header.copies ?? 0);
  if (starts[0] !== 0 || starts[header.partitions] !== rows)
    throw bad(location, `expected partitions of ${rows} rows in all, got ${starts[header.partitions]}`);
  const perPartition = layout.filter(({ scope }) => scope === 'partition');
  const offsets = new Map<string, Float64Array>();
  for (const { name, bytes } of perPartition) {
    const list = new Float64Array(header.partitions + 1);
    for (let p = 0; p < header.partitions; p++) list[p + 1] = list[p]! + bytes(counts[p]!);
    const size = sections.bytesOf(name);
    if (size !== list[header.partitions])
      throw bad(location, `expected ${list[header.partitions]} bytes of ${name}, got ${size ?? 'none'}`);
    offsets.set(name, list);
  }
  const centroids = shared.get('centroids');
  const rank = createRanking(header, counts, centroids && new Float32Array(centroids.slice().buffer));

  const total = [...offsets.values()].reduce((sum, list) => sum + list[header.partitions]!, 0);

  return {
    header,
    counts,
    bytes: total,
    rank,
    async read(partition, stop = {}) {
      const parts = await Promise.all(
        perPartition.map(async ({ name }): Promise<[string, Uint8Array]> => {
          const list = offsets.get(name)!;
          const [offset, end] = [list[partition]!, list[partition + 1]!];
          return [name, await sections.read(name, { offset, length: end - offset, signal: stop.signal })];
        }),
      );
      const bytes = parts.reduce((sum, [, { length }]) => sum + length, 0);
      return { rows: counts[partition]!, sections: new Map(parts), bytes };
    },
    async find(row, stop = {}) {
      const bytes = await sections.read('row.ids', { signal: stop.signal });
      const place = new Uint32Array(bytes.slice().buffer).indexOf(row);
      if (place < 0) throw bad(location, `row ${row} is in no partition`);
      return starts.findIndex((start, p) => start <= place && place < starts[p + 1]!);
    },
    snapshotOf(loaded) {
      const order = [...loaded].sort(([a], [b]) => a - b);
      const parts = new Map<string, Uint8Array>(shared);
      for (const { name } of perPartition)
        parts.set(name, joinPieces(order.map(([, part]) => part.sections.get(name)!)));
      const galleryRows = new Uint32Array(parts.get('row.ids')!.slice().buffer);
      // Ties go to the smaller row: the new numbers must rise as the old ones do.
      const sorted = [...new Set(galleryRows.slice().sort())];
      const copies = galleryRows.length - sorted.length;
      const numbers = new Map(sorted.map((row, i) => [row, i]));
      if (copies > (header.copies ?? 0)) throw bad(location, 'a row stands twice');
      const offsetsOf = new Uint32Array(header.partitions + 1);
      for (let p = 0; p < header.partitions; p++) offsetsOf[p + 1] = offsetsOf[p]! + (loaded.get(p)?.rows ?? 0);
      parts.set('partition.offsets', new Uint8Array(offsetsOf.buffer));
      parts.set('row.ids', new Uint8Array(galleryRows.map((row) => numbers.get(row)!).buffer));
      const { copies: _, ...told } = header;
      const held = { ...told, count: sorted.length, ...(copies > 0 ? { copies } : {}) };
      return { header: held, sections: parts, ids: sorted.map(String) };
    },
  };
}

/** By dot product with the centroid, under squaredL2 less half its squared length; ties to the smaller number. */
function createRanking(
  { dim, partitions, metric }: IndexHeader,
  counts: Uint32Array,
  centroids: Float32Array | undefined,
): (query: Float32Array) => RankedPartition[] {
  const filled = Array.from({ length: partitions }, (_, p) => p).filter((p) => counts[p]! > 0);
  if (!centroids) return () => filled.map((partition) => ({ partition, behind: 0 }));
  const stride = centroids.length / partitions;
  return (query) => {
    const scores = new Float64Array(partitions);
    for (const p of filled) {
      let dot = 0;
      let squares = 0;
      for (let j = 0; j < dim; j++) {
        const value = centroids[p * stride + j]!;
        dot += value * query[j]!;
        squares += value * value;
      }
      scores[p] = metric === 'squaredL2' ? dot - squares / 2 : dot;
    }
    const unit = metric === 'squaredL2' ? 1 : Math.hypot(...query) || 1;
    const order = filled.slice().sort((a, b) => scores[b]! - scores[a]! || a - b);
    const best = scores[order[0] ?? 0]!;
    return order.map((partition) => ({ partition, behind: (best - scores[partition]!) / unit }));
  };
}
