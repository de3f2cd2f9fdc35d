import { type Gallery, NearkinError } from '@nearkin/core';

/** What is known of every row besides its vector, by row number: numbers rise in the order rows came, and are not reused until `renumber`. */
export interface RowTable {
  /** Rows there are. */
  readonly size: number;
  /** One more than the highest number. */
  readonly end: number;
  readonly hasMetadata: boolean;
  /** Rises with every change. */
  readonly version: number;
  id(row: number): string | undefined;
  label(row: number): string;
  metadata(row: number): unknown;
  /** @returns undefined when there is no such row */
  find(id: string): number | undefined;
  add(gallery: Gallery): number[];
  /** Fills an empty table. */
  restore(rows: RowTexts): void;
  remove(row: number): void;
  setLabel(row: number, label: string): void;
  place(row: number, partition: number, slot: number): void;
  /** Says where the second copy of a row is; rows come without. */
  placeCopy(row: number, partition: number, slot: number): void;
  /** The row, or the copy of it, that lies in this partition has another slot now. */
  move(row: number, partition: number, slot: number): void;
  /** Forgets where second copies are. */
  clearCopies(): void;
  partition(row: number): number;
  slot(row: number): number;
  /** Where the second copy of a row is. */
  copy(row: number): { readonly partition: number; readonly slot: number } | undefined;
  /** Numbers in use, rising. */
  rows(): number[];
  /** Numbers of a label, rising. */
  rowsOf(label: string): readonly number[];
  /** Closes the gaps that removed rows left; returns the new number of each old one. */
  renumber(): Uint32Array;
}

/** Ids, labels and metadata by row number. */
export interface RowTexts {
  readonly ids: readonly string[];
  readonly labels?: readonly string[] | undefined;
  readonly metadata?: readonly unknown[] | undefined;
}

export function createRowTable(): RowTable {
  let ids: (string | undefined)[] = [];
  let labels: string[] = [];
  let metadata: unknown[] | undefined;
  let partitions = new Uint32Array(16);
  let slots = new Uint32Array(16);
  let numbers = new Map<string, number>();
  let byLabel: Map<string, number[]> | undefined;
  let version = 0;
  /** By row: partition and slot of the second copy. */
  let copies = new Map<number, { partition: number; slot: number }>();

  const room = (count: number) => {
    if (count <= partitions.length) return;
    const length = Math.max(count, 2 * partitions.length);
    const grown = (old: Uint32Array) => {
      const list = new Uint32Array(length);
      list.set(old);
      return list;
    };
    partitions = grown(partitions);
    slots = grown(slots);
  };
  const changed = () => {
    version++;
    byLabel = undefined;
  };
  const rows = () => {
    const list: number[] = [];
    for (let row = 0; row < ids.length; row++) if (ids[row] !== undefined) list.push(row);
    return list;
  };

  return {
    get size() {
      return numbers.size;
    },
    get end() {
      return ids.length;
    },
    get hasMetadata() {
      return metadata !== undefined;
    },
    get version() {
      return version;
    },
    id: (row) => ids[row],
    label: (row) => labels[row] ?? '',
    metadata: (row) => metadata?.[row],
    find: (id) => numbers.get(id),
    add(gallery) {
      const first = ids.length;
      const { count } = gallery.vectors;
      if (first + count >= 0xffffffff)
        throw new NearkinError('TOO_LARGE', `Expected fewer than 2^32 rows, got ${first + count}.`);
      room(first + count);
      if (gallery.metadata && !metadata) metadata = ids.map(() => undefined);
      for (let i = 0; i < count; i++) {
        ids.push(gallery.ids[i]!);
        labels.push(gallery.labels[i] ?? '');
        metadata?.push(gallery.metadata?.[i]);
        numbers.set(gallery.ids[i]!, first + i);
      }
      changed();
      return Array.from({ length: count }, (_, i) => first + i);
    },
    restore(texts) {
      room(texts.ids.length);
      ids = [...texts.ids];
      labels = texts.labels ? [...texts.labels] : ids.map(() => '');
      metadata = texts.metadata && [...texts.metadata];
      numbers = new Map(ids.map((id, row) => [id!, row]));
      changed();
    },
    remove(row) {
      const id = ids[row];
      if (id === undefined) return;
      numbers.delete(id);
      ids[row] = undefined;
      copies.delete(row);
      labels[row] = '';
      if (metadata) metadata[row] = undefined;
      changed();
    },
    setLabel(row, label) {
      labels[row] = label;
      changed();
    },
    place(row, partition, slot) {
      partitions[row] = partition;
      slots[row] = slot;
    },
    placeCopy(row, partition, slot) {
      copies.set(row, { partition, slot });
    },
    move(row, partition, slot) {
      if (partitions[row] === partition) slots[row] = slot;
      else copies.set(row, { partition, slot });
    },
    clearCopies() {
      copies.clear();
    },
    partition: (row) => partitions[row]!,
    slot: (row) => slots[row]!,
    copy: (row) => copies.get(row),
    rows,
    rowsOf(label) {
      if (!byLabel) {
        byLabel = new Map();
        for (const row of rows()) {
          const list = byLabel.get(labels[row]!);
          if (list) list.push(row);
          else byLabel.set(labels[row]!, [row]);
        }
      }
      return byLabel.get(label) ?? [];
    },
    renumber() {
      const kept = rows();
      const next = new Uint32Array(ids.length);
      kept.forEach((row, i) => {
        next[row] = i;
        partitions[i] = partitions[row]!;
        slots[i] = slots[row]!;
      });
      copies = new Map([...copies].map(([row, place]) => [next[row]!, place]));
      ids = kept.map((row) => ids[row]);
      labels = kept.map((row) => labels[row]!);
      metadata = metadata && kept.map((row) => metadata![row]);
      numbers = new Map(ids.map((id, i) => [id!, i]));
      changed();
      return next;
    },
  };
}
