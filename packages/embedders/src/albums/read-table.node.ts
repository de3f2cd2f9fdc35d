import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type GalleryItem, NearkinError } from '@nearkin/core';
import type { ImageInput } from '../pictures/image-input.js';
import { type ReadImageNodeOptions, readImage } from '../pictures/read-image.node.js';
import { type ParseTableOptions, parseTable } from './parse-table.js';
import { type TableColumns, tableItems } from './table-items.js';

export interface ReadTextsOptions extends Omit<ParseTableOptions, 'name'>, Omit<TableColumns, 'input'> {
  /** Column of the texts. Default `text`. */
  readonly text?: string | undefined;
}

/**
 * Reads texts to embed from a table, CSV or JSON lines: a text column; ids, labels and metadata from others.
 *
 * @throws {NearkinError} `NOT_FOUND`, `BAD_FORMAT` naming the line, `EMPTY_GALLERY`, `DUPLICATE_ID`
 * @example
 * const items = await readTexts('questions.csv', { text: 'question', id: 'number' });
 */
export async function readTexts(
  file: string,
  options: ReadTextsOptions = {},
): Promise<(GalleryItem<string> & { readonly input: string })[]> {
  const { text = 'text', ...rest } = options;
  return tableItems(parseTable(await readTextFile(file), { ...rest, name: file }), {
    ...rest,
    input: text,
    name: file,
  });
}

export interface ReadPictureTableOptions
  extends Omit<ParseTableOptions, 'name'>,
    Omit<TableColumns, 'input'>,
    ReadImageNodeOptions {
  /** Column of the paths. Default `image`. */
  readonly image?: string | undefined;
  /** Where paths start. Default: the folder of the table. */
  readonly folder?: string | undefined;
}

/**
 * Reads a table of pictures, CSV or JSON lines: a column of paths, which are ids too where no column is; labels and
 * metadata from others. Pictures are decoded when their turn comes; a missing one is an error of its own then.
 *
 * @throws {NearkinError} `NOT_FOUND` for the table, `BAD_FORMAT` naming the line, `EMPTY_GALLERY`, `DUPLICATE_ID`
 */
export async function readPictureTable(
  file: string,
  options: ReadPictureTableOptions = {},
): Promise<(GalleryItem<ImageInput> & { readonly path: string })[]> {
  const { image = 'image', folder = dirname(file), ...rest } = options;
  const rows = parseTable(await readTextFile(file), { ...rest, name: file });
  const items = tableItems(rows, { ...rest, input: image, id: rest.id ?? image, name: file });
  return items.map(({ input, ...item }) => {
    const path = resolve(folder, input);
    return { ...item, path, input: () => readImage(path, rest) };
  });
}

async function readTextFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new NearkinError(code === 'ENOENT' ? 'NOT_FOUND' : 'IO_ERROR', `Could not read ${file}: ${message}`, {
      cause,
      details: { path: file },
    });
  }
}
