import { createGallery, type Gallery, type Vectors } from '@nearkin/core';

/** Rows to search and queries to ask, with the metric they are made for. */
export interface DataSet {
  /** Also the name of its files. */
  readonly name: string;
  /** For the report: what it is, in a sentence. */
  readonly title: string;
  readonly metric: 'cosine' | 'squaredL2';
  readonly rows: Vectors;
  /** Never among the rows. */
  readonly queries: Vectors;
}

/** A data set's rows as a gallery whose ids are row numbers, so that answers of every system compare. */
export function galleryOf({ rows }: Pick<DataSet, 'rows'>): Gallery {
  return createGallery({ vectors: rows, ids: Array.from({ length: rows.count }, (_, row) => String(row)) });
}
