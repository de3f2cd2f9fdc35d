import { type Gallery, selectGallery } from './gallery.js';
import { NearkinError } from './nearkin-error.js';
import { createRng } from './rng.js';

/** Rows of each label, labels in order of their first row. */
export function rowsByLabel(labels: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  labels.forEach((label, row) => {
    const rows = groups.get(label);
    if (rows) rows.push(row);
    else groups.set(label, [row]);
  });
  return groups;
}

/**
 * Splits inside each class: some rows become queries, the rest stay as the gallery they are asked against.
 * Both keep the order of rows.
 *
 * @param options.queriesPerLabel rows to take from each class; a class keeps at least one row in the gallery, so a
 *   class of one gives no query
 * @throws {NearkinError} `INVALID_ARGUMENT`; `EMPTY_GALLERY` when no class has two rows
 */
export function splitGallery(
  gallery: Gallery,
  options: { readonly queriesPerLabel?: number; readonly seed?: number } = {},
): { queries: Gallery; gallery: Gallery } {
  const { queriesPerLabel = 1, seed = 0 } = options;
  if (!Number.isSafeInteger(queriesPerLabel) || queriesPerLabel < 1)
    throw new NearkinError('INVALID_ARGUMENT', `Expected at least 1 query a label, got ${queriesPerLabel}.`, {
      details: { queriesPerLabel },
    });
  const rng = createRng(seed);
  const isQuery = new Array<boolean>(gallery.vectors.count).fill(false);
  for (const rows of rowsByLabel(gallery.labels).values()) {
    const take = Math.min(queriesPerLabel, rows.length - 1);
    for (const i of rng.sample(rows.length, take)) isQuery[rows[i]!] = true;
  }
  const rows = isQuery.map((_, row) => row);
  const queries = rows.filter((row) => isQuery[row]);
  if (queries.length === 0)
    throw new NearkinError(
      'EMPTY_GALLERY',
      'No class has two rows, so none can give a query and keep one; add examples.',
      {
        details: { classes: new Set(gallery.labels).size },
      },
    );
  return {
    queries: selectGallery(gallery, queries),
    gallery: selectGallery(
      gallery,
      rows.filter((row) => !isQuery[row]),
    ),
  };
}
