import { type GalleryItem, NearkinError } from '@nearkin/core';
import type { TableRow } from './parse-table.js';

export interface TableColumns {
  /** What is embedded: texts, or the paths of pictures. */
  readonly input: string;
  /** Default: the input of a picture, the line of a text. */
  readonly id?: string | undefined;
  readonly label?: string | undefined;
  /** Columns that are kept with the row as its metadata. Default: all others. */
  readonly metadata?: readonly string[] | undefined;
}

/**
 * Rows of a table as items: one column is embedded, others are id, label and metadata.
 *
 * @throws {NearkinError} `BAD_FORMAT` naming the line of a row whose input is missing or no text; `DUPLICATE_ID`
 * @example
 * tableItems(parseTable('text,by\nkin,me\n'), { input: 'text' }); // [{ id: 'line 2', input: 'kin', metadata: { by: 'me' } }]
 */
export function tableItems(
  rows: readonly TableRow[],
  columns: TableColumns & { readonly name?: string | undefined },
): (GalleryItem<string> & { readonly input: string })[] {
  const { input, id, label, name = 'the table' } = columns;
  const used = new Set([input, id, label]);
  const seen = new Map<string, number>();
  return rows.map(({ line, values }) => {
    const text = (column: string): string => {
      const value = values[column];
      if (typeof value === 'string' && value.trim() !== '') return value;
      if (typeof value === 'number') return String(value);
      throw new NearkinError(
        'BAD_FORMAT',
        `Expected a text in the column ${JSON.stringify(column)} in line ${line} of ${name}, got ${Object.hasOwn(values, column) ? JSON.stringify(value) : `the columns ${Object.keys(values).join(', ')}`}.`,
        { details: { name, line, column } },
      );
    };
    const key = id === undefined ? `line ${line}` : text(id);
    const before = seen.get(key);
    if (before !== undefined)
      throw new NearkinError(
        'DUPLICATE_ID',
        `Lines ${before} and ${line} of ${name} have the id ${JSON.stringify(key)}; every row needs an id of its own.`,
        { details: { id: key, line } },
      );
    seen.set(key, line);
    const kept = Object.entries(values).filter(([column]) =>
      columns.metadata ? columns.metadata.includes(column) : !used.has(column),
    );
    const named = label !== undefined ? values[label] : undefined;
    return {
      id: key,
      input: text(input),
      ...(typeof named === 'string' && named !== '' ? { label: named } : {}),
      ...(kept.length > 0 ? { metadata: Object.fromEntries(kept) } : {}),
    };
  });
}
