import { assertFinite, type JobOptions, NearkinError, type Picture, throwIfAborted, type Vectors } from '@nearkin/core';
import { openScan } from '../retrieval/open-scan.js';
import { contentHash } from './content-hash.js';
import { colorDistance, hashDistance, type PictureHash, pictureHash } from './picture-hash.js';

/** One part of a split, such as train or test. A `Gallery` with a name is one; give what there is. */
export interface SplitPart {
  readonly name: string;
  readonly ids: readonly string[];
  readonly vectors?: Vectors | undefined;
  /** The file of a row; read once, not kept. */
  readonly bytes?: ((row: number) => Awaitable<Uint8Array | undefined>) | undefined;
  /** The decoded picture of a row; read once, not kept. */
  readonly picture?: ((row: number) => Awaitable<Picture | undefined>) | undefined;
}

type Awaitable<T> = T | Promise<T>;

export interface FindLeaksOptions extends JobOptions {
  /** Cosine from which two embeddings count as the same picture; default 0.98. */
  readonly minSimilarity?: number | undefined;
  /** Of 128 bits of the picture hash, so many may differ; default 10. */
  readonly maxHashDistance?: number | undefined;
  /** Nearest rows looked at for each row by embedding; default 5. */
  readonly nearest?: number | undefined;
}

/** Two rows in different parts that show the same picture. */
export interface Leak {
  /** `bytes`: the same file. `picture`: looks the same. `embedding`: embedded alike. The first that holds. */
  readonly kind: 'bytes' | 'picture' | 'embedding';
  readonly a: { readonly part: string; readonly id: string };
  readonly b: { readonly part: string; readonly id: string };
  /** Cosine, for `embedding`. */
  readonly similarity: number | null;
  /** Differing bits of 128, for `picture`. */
  readonly hashDistance: number | null;
}

/** The same mean colour but for compression. */
const maxColorDistance = 12;

/**
 * Finds identical and near-identical pictures across the parts of a split: a test picture that was trained on makes
 * every figure too good. Looks at files (equal content), at pictures (a hash of their shape, and their mean colour)
 * and at embeddings (cosine), as far as they are given. Pairs inside one part are not reported.
 *
 * @returns pairs in the order of the parts and rows; a pair is reported once, by the strongest kind
 * @throws {NearkinError} `INVALID_ARGUMENT`, `DIMENSION_MISMATCH`, `NON_FINITE`, `ABORTED`
 * @example
 * const [train, test] = splitByLabel(gallery, { fractions: [0.5, 0.5] });
 * const leaks = await findLeaks([{ name: 'train', ...train }, { name: 'test', ...test }]);
 */
export async function findLeaks(parts: readonly SplitPart[], options: FindLeaksOptions = {}): Promise<Leak[]> {
  checkParts(parts);
  const { signal, onProgress, maxHashDistance = 10 } = options;
  const total = parts.reduce((sum, part) => sum + part.ids.length, 0);
  let done = 0;
  const looks: Look[][] = [];
  for (const part of parts) {
    const rows: Look[] = [];
    for (let row = 0; row < part.ids.length; row++) {
      throwIfAborted(signal);
      const bytes = await part.bytes?.(row);
      const picture = await part.picture?.(row);
      rows.push({ content: bytes && contentHash(bytes), hash: picture && pictureHash(picture) });
      onProgress?.({ done: ++done, total, phase: 'read' });
    }
    looks.push(rows);
  }
  const leaks: Leak[] = [];
  for (let p = 0; p < parts.length; p++)
    for (let q = p + 1; q < parts.length; q++) {
      throwIfAborted(signal);
      const [first, second] = [parts[p]!, parts[q]!];
      const similar = await similarRows(first, second, options);
      for (let i = 0; i < first.ids.length; i++) {
        const pairs = new Map<number, Pick<Leak, 'kind' | 'similarity' | 'hashDistance'>>();
        for (const [j, similarity] of similar[i] ?? [])
          pairs.set(j, { kind: 'embedding', similarity, hashDistance: null });
        looks[q]!.forEach((other, j) => {
          const found = compareLooks(looks[p]![i]!, other, maxHashDistance);
          if (found) pairs.set(j, { ...found, similarity: pairs.get(j)?.similarity ?? null });
        });
        for (const [j, pair] of [...pairs].sort(([x], [y]) => x - y))
          leaks.push({
            kind: pair.kind,
            a: { part: first.name, id: first.ids[i]! },
            b: { part: second.name, id: second.ids[j]! },
            similarity: pair.similarity,
            hashDistance: pair.hashDistance,
          });
      }
    }
  return leaks;
}

interface Look {
  readonly content: string | undefined;
  readonly hash: PictureHash | undefined;
}

function compareLooks(a: Look, b: Look, maxHashDistance: number): Pick<Leak, 'kind' | 'hashDistance'> | undefined {
  const distance = a.hash && b.hash ? hashDistance(a.hash, b.hash) : null;
  if (a.content !== undefined && a.content === b.content) return { kind: 'bytes', hashDistance: distance };
  if (distance === null || distance > maxHashDistance) return undefined;
  return colorDistance(a.hash!, b.hash!) <= maxColorDistance ? { kind: 'picture', hashDistance: distance } : undefined;
}

/** For each row of the first part the rows of the second that are embedded alike. */
async function similarRows(
  first: SplitPart,
  second: SplitPart,
  options: FindLeaksOptions,
): Promise<[number, number][][]> {
  const { minSimilarity = 0.98, nearest = 5, signal } = options;
  const [x, y] = [first.vectors, second.vectors];
  if (!x || !y || x.count === 0 || y.count === 0) return [];
  if (x.dim !== y.dim)
    throw new NearkinError('DIMENSION_MISMATCH', `Expected ${x.dim}-d vectors in ${second.name}, got ${y.dim}-d.`, {
      details: { expected: x.dim, received: y.dim },
    });
  assertFinite(x);
  assertFinite(y);
  const scan = await openScan(y, { distance: 'cosine', queryCount: x.count });
  try {
    const { k, indices, scores } = await scan.search(x, { k: Math.min(nearest, y.count), signal });
    return Array.from({ length: x.count }, (_, i) => {
      const found: [number, number][] = [];
      for (let r = i * k; r < (i + 1) * k; r++)
        if (indices[r]! >= 0 && scores[r]! >= minSimilarity) found.push([indices[r]!, scores[r]!]);
      return found;
    });
  } finally {
    scan.dispose();
  }
}

function checkParts(parts: readonly SplitPart[]): void {
  if (parts.length < 2)
    throw new NearkinError('INVALID_ARGUMENT', `Expected at least two parts of a split, got ${parts.length}.`);
  for (const { name, ids, vectors } of parts)
    if (vectors && vectors.count !== ids.length)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected ${ids.length} vectors in ${name}, one an id, got ${vectors.count}.`,
        { details: { name, expected: ids.length, received: vectors.count } },
      );
}
