import { l2Normalize, NearkinError, type Vectors } from '@nearkin/core';

/** What near means. Scores are similarities: a distance is negated. */
export type RetrievalDistance = 'cosine' | 'dot' | 'euclidean' | 'squaredEuclidean' | 'manhattan';

const distances: readonly RetrievalDistance[] = ['cosine', 'dot', 'euclidean', 'squaredEuclidean', 'manhattan'];

/** @throws {NearkinError} `INVALID_ARGUMENT` for an unknown distance */
export function assertDistance(distance: RetrievalDistance): void {
  if (!distances.includes(distance))
    throw new NearkinError('INVALID_ARGUMENT', `Expected a distance of ${distances.join(', ')}, got ${distance}.`, {
      details: { distance },
    });
}

/** Vectors as {@link similarityOf} wants them: of unit length for `cosine`. */
export function prepareVectors(vectors: Vectors, distance: RetrievalDistance): Vectors {
  return distance === 'cosine' ? l2Normalize(vectors) : vectors;
}

/** Similarity of row `a` of x and row `b` of y, in double precision. `euclidean` gives the negated square, which ranks alike. */
export type Similarity = (x: Vectors, a: number, y: Vectors, b: number) => number;

export function similarityOf(distance: RetrievalDistance): Similarity {
  return similarities[distance];
}

const similarities: Record<RetrievalDistance, Similarity> = {
  cosine: dotProduct,
  dot: dotProduct,
  euclidean: negatedSquare,
  squaredEuclidean: negatedSquare,
  manhattan(queries, q, gallery, row) {
    const { dim } = queries;
    let sum = 0;
    for (let i = 0, a = q * dim, b = row * dim; i < dim; i++)
      sum += Math.abs(queries.data[a + i]! - gallery.data[b + i]!);
    return 0 - sum;
  },
};

function dotProduct(queries: Vectors, q: number, gallery: Vectors, row: number): number {
  const { dim, data: x } = queries;
  const { data: y } = gallery;
  const a = q * dim;
  const b = row * dim;
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < dim; i += 2) {
    even += x[a + i]! * y[b + i]!;
    odd += x[a + i + 1]! * y[b + i + 1]!;
  }
  if (i < dim) even += x[a + i]! * y[b + i]!;
  return even + odd;
}

function negatedSquare(queries: Vectors, q: number, gallery: Vectors, row: number): number {
  const { dim, data: x } = queries;
  const { data: y } = gallery;
  let sum = 0;
  for (let i = 0, a = q * dim, b = row * dim; i < dim; i++) {
    const difference = x[a + i]! - y[b + i]!;
    sum += difference * difference;
  }
  return 0 - sum;
}
