import type { ImageInput } from '@nearkin/embedders';
import { readPictureTable, readTexts } from '@nearkin/embedders/node';
import type { SearcherItem } from '@nearkin/searcher';
import type { IndexOptions } from './commands/index.js';

/** Rows of a table as the command line names its columns: pictures, or texts with --text-column. */
export async function listTable(
  file: string,
  { imageColumn, textColumn, idColumn, labelColumn }: IndexOptions,
): Promise<(SearcherItem<ImageInput | string> & { readonly path?: string })[]> {
  const columns = { id: idColumn, label: labelColumn };
  if (textColumn !== undefined)
    // What was found is shown, not only its line.
    return (await readTexts(file, { text: textColumn, ...columns })).map((item) => ({
      ...item,
      metadata: { ...(item.metadata as object | undefined), text: item.input },
    }));
  return readPictureTable(file, { image: imageColumn, ...columns });
}
