import { NearkinError } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';
import { readPictureTable, readTexts } from '@nearkin/embedders/node';
import type { SearcherItem } from '@nearkin/searcher';
import type { IndexOptions } from '../options/index-options.js';

type Items = (SearcherItem<ImageInput | string> & { readonly path?: string })[];

/**
 * Rows of a table as the command line names its columns: pictures, or texts with --text-column.
 *
 * @throws {NearkinError} `BAD_FORMAT` for a column that is not there, with the option that names another
 */
export async function listTable(file: string, options: IndexOptions): Promise<Items> {
  try {
    return await readTable(file, options);
  } catch (error) {
    if (!(error instanceof NearkinError) || error.details['column'] === undefined) throw error;
    throw new NearkinError(error.code, `${error.message} ${adviceOn(error.details['column'], options)}`, {
      details: error.details,
      cause: error,
    });
  }
}

async function readTable(file: string, options: IndexOptions): Promise<Items> {
  const { imageColumn, textColumn, idColumn, labelColumn } = options;
  const columns = { id: idColumn, label: labelColumn };
  if (textColumn !== undefined)
    // What was found is shown, not only its line.
    return (await readTexts(file, { text: textColumn, ...columns })).map((item) => ({
      ...item,
      metadata: { ...(item.metadata as object | undefined), text: item.input },
    }));
  return readPictureTable(file, { image: imageColumn, ...columns });
}

function adviceOn(column: unknown, { idColumn, textColumn }: IndexOptions): string {
  if (column === idColumn) return '--id-column names the column of ids.';
  if (textColumn !== undefined) return '--text-column names the column of texts.';
  return '--image-column names the column of paths; --text-column one of texts, to make texts searchable instead.';
}
