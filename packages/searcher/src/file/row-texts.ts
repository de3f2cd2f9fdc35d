import { NearkinError, type SafetensorsEntry } from '@nearkin/core';
import { lengthenTexts, shortenTexts } from './front-coding.js';
import type { LazySections } from './lazy-sections.js';
import {
  bad,
  blockOf,
  perBlock,
  readBlock,
  readStringTable,
  type StringTable,
  writeStringTable,
} from './string-table.js';

/** What every row has besides its vector. */
export interface RowTexts {
  readonly ids: readonly string[];
  readonly labels?: readonly string[] | undefined;
  readonly metadata?: readonly unknown[] | undefined;
}

const textNames = ['ids', 'labels', 'metadata'] as const;
type TextName = (typeof textNames)[number];

/** Sections that {@link writeRowTexts} writes; all others are the index's. */
export function isRowText(section: string): boolean {
  return textNames.some((name) => section.startsWith(`${name}.`));
}

/**
 * Ids and metadata become string tables; labels a string table of the different ones and a number for each row.
 *
 * @returns the sections, and how many different labels there are
 * @throws {NearkinError} `INVALID_ARGUMENT` for text that is not well-formed
 */
export function writeRowTexts({ ids, labels, metadata }: RowTexts): {
  sections: Map<string, SafetensorsEntry>;
  labelNames: number;
} {
  const sections = new Map<string, SafetensorsEntry>();
  const put = (name: TextName, { text, blocks }: StringTable, coding: 'text' | 'short' = 'text') => {
    sections.set(`${name}.blocks`, { dtype: 'U64', shape: [blocks.length / 8], bytes: blocks });
    sections.set(`${name}.${coding}`, { dtype: 'U8', shape: [text.length], bytes: text });
  };
  const addTable = (name: TextName, texts: readonly string[]) => put(name, writeStringTable(texts, name));
  const numbers = new Map<string, number>();
  const plain = writeStringTable(ids, 'ids');
  const short = writeStringTable(shortenTexts(ids, perBlock), 'ids');
  if (short.text.length < plain.text.length) put('ids', short, 'short');
  else put('ids', plain);
  if (labels) {
    for (const label of labels) if (!numbers.has(label)) numbers.set(label, numbers.size);
    addTable('labels', [...numbers.keys()]);
    const { dtype, List } = labelNumbers(numbers.size);
    const rows = new List(labels.length);
    labels.forEach((label, row) => {
      rows[row] = numbers.get(label)!;
    });
    sections.set('labels.rows', { dtype, shape: [rows.length], bytes: new Uint8Array(rows.buffer) });
  }
  if (metadata) {
    // A row without metadata is not one whose metadata is null.
    const texts = metadata.map((value) => JSON.stringify(value) ?? '');
    addTable('metadata', texts);
  }
  return { sections, labelNames: numbers.size };
}

/** The texts of a file: all at once, or those of a few rows, fetching only the blocks they are in. */
export interface StoredTexts {
  /** @throws {NearkinError} `BAD_FORMAT` when there is not exactly one text a row */
  readAll(options?: { signal?: AbortSignal | undefined }): Promise<RowTexts>;
  /** @throws {NearkinError} `INVALID_ARGUMENT` for a row that does not exist, `BAD_FORMAT`, `IO_ERROR`, `ABORTED` */
  readRows(rows: readonly number[], options?: { signal?: AbortSignal | undefined }): Promise<RowTexts>;
  /**
   * The row with an id, looked for among all.
   *
   * @throws {NearkinError} `BAD_FORMAT`, `IO_ERROR`, `ABORTED`
   */
  findId(id: string, options?: { signal?: AbortSignal | undefined }): Promise<number | undefined>;
}

export function openRowTexts(
  sections: LazySections,
  { count, labelNames }: { count: number; labelNames: number },
): StoredTexts {
  const has = (name: TextName) => sections.bytesOf(`${name}.text`) !== undefined;
  const areShort = sections.bytesOf('ids.short') !== undefined;
  const sectionOf = (name: TextName) => (name === 'ids' && areShort ? 'ids.short' : `${name}.text`);
  const unpacked = (name: TextName, block: readonly string[]) =>
    name === 'ids' && areShort ? lengthenTexts(block, name) : block;
  const readTable = async (name: TextName, size: number, signal?: AbortSignal) => {
    const text = await sections.read(sectionOf(name), { signal });
    const blocks = await sections.read(`${name}.blocks`, { signal });
    return readStringTable({ text, blocks }, { count: size, what: name, unpack: (block) => unpacked(name, block) });
  };
  let names: string[] | undefined;
  const readLabelNames = async (signal?: AbortSignal) => (names ??= await readTable('labels', labelNames, signal));
  const label = (known: readonly string[], number: number) => {
    const text = known[number];
    if (text === undefined) throw bad('labels', `expected a label below ${known.length}, got ${number}`);
    return text;
  };
  const readOne = async (name: TextName, row: number, signal?: AbortSignal) => {
    const { block, place, members } = blockOf(row, count);
    const [start, end] = numbers64(await sections.read(`${name}.blocks`, { offset: block * 8, length: 16, signal }));
    if (end! < start!) throw bad(name, 'blocks do not follow one another');
    const bytes = await sections.read(sectionOf(name), { offset: start!, length: end! - start!, signal });
    return unpacked(name, readBlock(bytes, { count: members, what: name }))[place]!;
  };
  return {
    async readAll({ signal } = {}) {
      const ids = await readTable('ids', count, signal);
      let labels: string[] | undefined;
      if (has('labels')) {
        const known = await readLabelNames(signal);
        const { List } = labelNumbers(labelNames);
        const bytes = await sections.read('labels.rows', { signal });
        if (bytes.length % List.BYTES_PER_ELEMENT !== 0) throw bad('labels', `${bytes.length} bytes do not fit them`);
        const rows = new List(bytes.slice().buffer);
        if (rows.length !== count) throw bad('labels', `expected ${count} of them, got ${rows.length}`);
        labels = Array.from(rows, (number) => label(known, number));
      }
      if (!has('metadata')) return { ids, labels };
      return { ids, labels, metadata: (await readTable('metadata', count, signal)).map(parseMetadata) };
    },
    async findId(id, { signal } = {}) {
      const row = (await readTable('ids', count, signal)).indexOf(id);
      return row < 0 ? undefined : row;
    },
    async readRows(rows, { signal } = {}) {
      for (const row of rows)
        if (!Number.isInteger(row) || row < 0 || row >= count)
          throw new NearkinError('INVALID_ARGUMENT', `Expected a row from 0 to ${count - 1}, got ${row}.`, {
            details: { row, count },
          });
      const each = <T>(read: (row: number) => Promise<T>) => Promise.all(rows.map(read));
      const ids = await each((row) => readOne('ids', row, signal));
      let labels: string[] | undefined;
      if (has('labels')) {
        const known = await readLabelNames(signal);
        const { List } = labelNumbers(labelNames);
        const length = List.BYTES_PER_ELEMENT;
        labels = await each(async (row) => {
          const bytes = await sections.read('labels.rows', { offset: row * length, length, signal });
          return label(known, new List(bytes.slice().buffer)[0]!);
        });
      }
      if (!has('metadata')) return { ids, labels };
      return {
        ids,
        labels,
        metadata: await each(async (row) => parseMetadata(await readOne('metadata', row, signal))),
      };
    },
  };
}

/** As few bytes a row as tell so many labels apart. */
function labelNumbers(names: number) {
  if (names <= 0x100) return { dtype: 'U8', List: Uint8Array } as const;
  if (names <= 0x10000) return { dtype: 'U16', List: Uint16Array } as const;
  return { dtype: 'U32', List: Uint32Array } as const;
}

function numbers64(bytes: Uint8Array): number[] {
  return Array.from(new BigUint64Array(bytes.slice().buffer), Number);
}

function parseMetadata(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw bad('metadata', 'a value is not JSON', cause);
  }
}
