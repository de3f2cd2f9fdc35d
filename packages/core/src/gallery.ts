import { NearkinError } from './nearkin-error.js';
import { assertFinite, createVectors, selectRows, type Vectors } from './vectors.js';

/** Labelled reference vectors: row i of `vectors` has id `ids[i]` (unique) and label `labels[i]` ('' when it has none). */
export interface Gallery {
  readonly vectors: Vectors;
  readonly ids: readonly string[];
  readonly labels: readonly string[];
  /** The embedder that made the vectors; see {@link Embedder.id}. */
  readonly modelId?: string;
  /** Anything JSON can hold, one value a row. */
  readonly metadata?: readonly unknown[];
}

/** What {@link createGallery} takes; `labels` may be left out. */
export interface GalleryParts {
  readonly vectors: Vectors;
  readonly ids: readonly string[];
  readonly labels?: readonly string[] | undefined;
  readonly modelId?: string | undefined;
  readonly metadata?: readonly unknown[] | undefined;
}

/**
 * Checks the parts and freezes them into a gallery. The lists are copied, the vectors are not.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when list lengths disagree, `DUPLICATE_ID`, or `NON_FINITE`
 */
export function createGallery(parts: GalleryParts): Gallery {
  const { vectors, ids, metadata, modelId } = parts;
  const labels = parts.labels ?? ids.map(() => '');
  const lists: [string, readonly unknown[] | undefined][] = [
    ['ids', ids],
    ['labels', labels],
    ['metadata', metadata],
  ];
  for (const [name, list] of lists) {
    if (list && list.length !== vectors.count)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected ${vectors.count} ${name}, one for each vector, got ${list.length}.`,
        { details: { name, expected: vectors.count, received: list.length } },
      );
  }
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id))
      throw new NearkinError(
        'DUPLICATE_ID',
        `The id ${JSON.stringify(id)} stands twice; every row needs an id of its own.`,
        {
          details: { id },
        },
      );
    seen.add(id);
  }
  assertFinite(vectors);
  return Object.freeze({
    vectors,
    ids: Object.freeze([...ids]),
    labels: Object.freeze([...labels]),
    ...(modelId === undefined ? {} : { modelId }),
    ...(metadata === undefined ? {} : { metadata: Object.freeze([...metadata]) }),
  });
}

/** The given rows of a gallery, in the given order, copied. A row named twice is a `DUPLICATE_ID`. */
export function selectGallery(gallery: Gallery, rows: readonly number[]): Gallery {
  return createGallery({
    vectors: selectRows(gallery.vectors, rows),
    ids: rows.map((row) => gallery.ids[row]!),
    labels: rows.map((row) => gallery.labels[row]!),
    modelId: gallery.modelId,
    metadata: gallery.metadata && rows.map((row) => gallery.metadata![row]),
  });
}

/**
 * Puts galleries of one embedder below one another.
 *
 * @throws {NearkinError} `EMPTY_GALLERY` for no galleries, `DIMENSION_MISMATCH`, `MODEL_MISMATCH`, `DUPLICATE_ID`
 */
export function mergeGalleries(galleries: readonly Gallery[]): Gallery {
  const [first] = galleries;
  if (!first) throw new NearkinError('EMPTY_GALLERY', 'Expected at least one gallery to merge, got none.');
  for (const other of galleries) assertSameModel(first, other);
  const { dim } = first.vectors;
  const data = new Float32Array(galleries.reduce((sum, g) => sum + g.vectors.data.length, 0));
  let offset = 0;
  for (const { vectors } of galleries) {
    data.set(vectors.data, offset);
    offset += vectors.data.length;
  }
  const withMetadata = galleries.some((g) => g.metadata);
  return createGallery({
    vectors: createVectors(data, dim),
    ids: galleries.flatMap((g) => g.ids),
    labels: galleries.flatMap((g) => g.labels),
    modelId: galleries.find((g) => g.modelId !== undefined)?.modelId,
    metadata: withMetadata ? galleries.flatMap((g) => g.metadata ?? g.ids.map(() => null)) : undefined,
  });
}

/** What {@link assertSameModel} compares: a gallery, or an embedder seen as one. */
export interface ModelTag {
  readonly modelId?: string | undefined;
  readonly vectors: { readonly dim: number };
}

/**
 * Checks that two sets of vectors can be compared: same length, and the same embedder where both name one.
 *
 * @throws {NearkinError} `DIMENSION_MISMATCH` or `MODEL_MISMATCH`
 */
export function assertSameModel(expected: ModelTag, received: ModelTag): void {
  const [a, b] = [expected.vectors.dim, received.vectors.dim];
  if (a !== b)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected ${a}-d vectors, got ${b}-d; they were made by another embedder. Embed the pictures again with this one.`,
      { details: { expected: a, received: b } },
    );
  const [x, y] = [expected.modelId, received.modelId];
  if (x !== undefined && y !== undefined && x !== y)
    throw new NearkinError(
      'MODEL_MISMATCH',
      `Expected vectors of embedder ${x}, got vectors of ${y}; the two cannot be compared. Embed the pictures again.`,
      { details: { expected: x, received: y } },
    );
}
