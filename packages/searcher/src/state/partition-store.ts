import type { Kernels } from '@nearkin/kernels';
import { partitionWords } from '@nearkin/kernels';
import type { IndexHeader } from './index-header.js';
import { codeBlocks, type SectionName, sectionLayout } from './section-layout.js';

/** A column: one kind of bytes that every row of a partition has. */
export interface Column {
  readonly name: SectionName;
  /** Its word in a partition's entry of the kernels' table. */
  readonly word: number;
  /** Bytes of a row; 4-bit codes have none of their own: 32 rows share a block. */
  readonly rowBytes: number;
}

/** Rows of every partition in the kernels' memory, growing and shrinking one by one. */
export interface PartitionStore {
  readonly columns: readonly Column[];
  /** The kernels' table, 32 bytes a partition. */
  readonly table: number;
  count(partition: number): number;
  /** Offset of a column, 0 while it has no rows. */
  offset(partition: number, column: Column): number;
  column(name: SectionName): Column | undefined;
  /** Makes room for at least so many rows. */
  reserve(partition: number, rows: number): void;
  /** Fills an empty partition with rows as they stand in a file. */
  load(partition: number, rows: number, bytesOf: (name: SectionName) => Uint8Array): void;
  /** Adds a row whose bytes lie at `sources`, one offset a column (4-bit codes: one byte a block); returns its slot. */
  append(partition: number, sources: readonly number[]): number;
  /** Moves the last row into the slot and drops it; tells whether a row moved. */
  removeAt(partition: number, slot: number): boolean;
  /** 4-bit codes of one row, a byte a block. */
  setCode(partition: number, slot: number, codes: Uint8Array): void;
  getCode(partition: number, slot: number): Uint8Array;
  /** Gives the room back that rows do not need. */
  trim(): void;
  /** Keeps these partitions, in this order, as the first of so many; the rows of others go. */
  keep(kept: readonly number[], partitions: number): void;
  /** Drops every row and makes place for another number of partitions. */
  reset(partitions: number): void;
}

const words: Partial<Record<SectionName, number>> = {
  codes: 0,
  'codes.bias': 1,
  'rows.int8': 2,
  'rows.scale': 3,
  'rows.bf16': 4,
  'rows.f32': 4,
  'rows.norm': 5,
  'row.ids': 6,
};
const countWord = 7;
/** Kernels read up to 8 rows past the last. */
const slackRows = 8;

export function createPartitionStore(kernels: Kernels, header: IndexHeader): PartitionStore {
  const { memory } = kernels;
  const blocks = header.codes === 'pq4' || header.codes === 'pq8' ? codeBlocks(header) : 0;
  const packed = header.codes === 'pq4';
  const columns: Column[] = sectionLayout(header)
    .filter(({ scope }) => scope === 'partition')
    .map(({ name, bytes }) => {
      const rowBytes = name === 'codes' ? (packed ? 0 : blocks) : name === 'codes.bias' ? 2 : bytes(1);
      return { name, word: words[name]!, rowBytes };
    });
  let partitions = 0;
  let table = 0;
  let capacities = new Uint32Array(0);
  let buffer: ArrayBufferLike | undefined;
  let u8 = new Uint8Array(0) as Uint8Array<ArrayBufferLike>;
  let u32 = new Uint32Array(0) as Uint32Array<ArrayBufferLike>;
  /** Views of the whole memory, new after it grew. */
  const look = () => {
    if (buffer === memory.buffer) return;
    buffer = memory.buffer;
    u8 = new Uint8Array(buffer);
    u32 = new Uint32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
  };
  const get = (partition: number, word: number) => {
    look();
    return u32[table / 4 + partitionWords * partition + word]!;
  };
  const set = (partition: number, word: number, value: number) => {
    look();
    u32[table / 4 + partitionWords * partition + word] = value;
  };

  /** Blocks of 32 rows are read whole: their codes and what is added to them. */
  const bytesFor = (column: Column, rows: number) => {
    const whole = Math.ceil(rows / 32) * 32;
    if (column.name === 'codes' && packed) return (whole / 32) * blocks * 16;
    return (column.name === 'codes.bias' ? whole : rows + slackRows) * column.rowBytes;
  };

  const setCapacity = (partition: number, capacity: number) => {
    for (const column of columns) {
      const old = get(partition, column.word);
      const before = old === 0 ? 0 : memory.sizeOf(old);
      const moved = memory.resize(old, bytesFor(column, capacity));
      const after = memory.sizeOf(moved);
      if (moved !== old && after > before) memory.u8(moved + before, after - before).fill(0);
      set(partition, column.word, moved);
    }
    capacities[partition] = capacity;
  };

  const codeAt = (partition: number, slot: number) => {
    const lane = slot & 31;
    return get(partition, 0) + (slot >> 5) * blocks * 16 + 2 * (lane & 7) + ((lane >> 3) & 1);
  };

  const store: PartitionStore = {
    columns,
    get table() {
      return table;
    },
    count: (partition) => get(partition, countWord),
    offset: (partition, column) => get(partition, column.word),
    column: (name) => columns.find((column) => column.name === name),
    reserve(partition, rows) {
      if (rows > capacities[partition]!) setCapacity(partition, rows);
    },
    load(partition, rows, bytesOf) {
      if (rows === 0) return;
      setCapacity(partition, rows);
      for (const { name, word } of columns) {
        const bytes = bytesOf(name);
        memory.u8(get(partition, word), bytes.length).set(bytes);
      }
      set(partition, countWord, rows);
    },
    append(partition, sources) {
      const slot = get(partition, countWord);
      if (slot >= capacities[partition]!) setCapacity(partition, Math.max(32, Math.ceil(slot * 1.5)));
      set(partition, countWord, slot + 1);
      columns.forEach(({ word, rowBytes }, i) => {
        if (rowBytes === 0) store.setCode(partition, slot, u8.subarray(sources[i]!, sources[i]! + blocks));
        else u8.copyWithin(get(partition, word) + slot * rowBytes, sources[i]!, sources[i]! + rowBytes);
      });
      return slot;
    },
    removeAt(partition, slot) {
      const last = get(partition, countWord) - 1;
      if (slot !== last) {
        for (const { word, rowBytes } of columns) {
          const offset = get(partition, word);
          if (rowBytes === 0) store.setCode(partition, slot, store.getCode(partition, last));
          else u8.copyWithin(offset + slot * rowBytes, offset + last * rowBytes, offset + (last + 1) * rowBytes);
        }
      }
      set(partition, countWord, last);
      return slot !== last;
    },
    setCode(partition, slot, codes) {
      const at = codeAt(partition, slot);
      const high = (slot & 31) >= 16;
      if (high) for (let m = 0; m < blocks; m++) u8[at + 16 * m] = (u8[at + 16 * m]! & 15) | (codes[m]! << 4);
      else for (let m = 0; m < blocks; m++) u8[at + 16 * m] = (u8[at + 16 * m]! & 0xf0) | codes[m]!;
    },
    getCode(partition, slot) {
      look();
      if (!packed) {
        const at = get(partition, 0) + slot * blocks;
        return u8.slice(at, at + blocks);
      }
      const at = codeAt(partition, slot);
      const shift = (slot & 31) >= 16 ? 4 : 0;
      return Uint8Array.from({ length: blocks }, (_, m) => (u8[at + 16 * m]! >> shift) & 15);
    },
    trim() {
      for (let partition = 0; partition < partitions; partition++) {
        const rows = get(partition, countWord);
        if (capacities[partition]! > rows) setCapacity(partition, rows);
      }
    },
    keep(kept, wanted) {
      const entries = kept.map((p) => Array.from({ length: partitionWords }, (_, word) => get(p, word)));
      const rooms = kept.map((p) => capacities[p]!);
      for (let p = 0; p < partitions; p++)
        if (!kept.includes(p)) for (const { word } of columns) memory.free(get(p, word));
      memory.free(table);
      table = memory.allocate(4 * partitionWords * wanted);
      memory.u8(table, 4 * partitionWords * wanted).fill(0);
      partitions = wanted;
      capacities = new Uint32Array(wanted);
      capacities.set(rooms);
      for (const [p, words] of entries.entries()) for (const [word, value] of words.entries()) set(p, word, value);
    },
    reset(wanted) {
      for (let partition = 0; partition < partitions; partition++)
        for (const { word } of columns) memory.free(get(partition, word));
      memory.free(table);
      partitions = wanted;
      capacities = new Uint32Array(wanted);
      table = memory.allocate(4 * partitionWords * wanted);
      memory.u8(table, 4 * partitionWords * wanted).fill(0);
    },
  };
  store.reset(header.partitions);
  return store;
}
