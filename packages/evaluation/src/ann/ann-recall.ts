import { NearkinError } from '@nearkin/core';
import { assertCount, assertFiniteNumbers, assertSameLength, type Numbers } from '../numbers/check.js';

export interface AnnRecallOptions {
  /** What the index returned for each query, best first: ids or rows. */
  readonly returned: ArrayLike<ArrayLike<string | number>>;
  /** The exact nearest neighbours, best first. */
  readonly exact: ArrayLike<ArrayLike<string | number>>;
  /** Neighbours that count; default: as many as the longest exact list has. */
  readonly k?: number | undefined;
  /** Distances of `returned` and of `exact`, lower is nearer; with both, distance recall is given. */
  readonly returnedDistances?: ArrayLike<Numbers> | undefined;
  readonly exactDistances?: ArrayLike<Numbers> | undefined;
  /** What a returned distance may exceed the k-th exact one by; default 0.001. */
  readonly epsilon?: number | undefined;
}

/** Plain JSON. Null for a query without exact neighbours, and where there is nothing to average. */
export interface AnnRecall {
  readonly k: number;
  /** Share of the k exact neighbours that were returned in the top k. */
  readonly recall: number | null;
  readonly perQuery: readonly (number | null)[];
  /** Share of the k places filled by something about as near as the k-th exact neighbour; null without distances. */
  readonly distanceRecall: number | null;
  readonly distancePerQuery: readonly (number | null)[] | null;
}

/**
 * How many of the true nearest neighbours an approximate index finds. Not to be mixed up with `recall@k`, which asks
 * for the right class.
 *
 * Both are over min(k, exact neighbours). Set recall compares ids: of neighbours at equal distance it knows only the
 * ones in the exact list. Distance recall counts any returned item within `epsilon` of the k-th exact distance, so
 * ties do not matter. An item returned twice counts once.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when lengths disagree or k < 1, `NON_FINITE`
 * @source Aumüller, Bernhardsson and Faithfull, "ANN-Benchmarks", Information Systems 2020, section 3 (distance recall)
 * @example
 * annRecall({ returned: [[4, 7, 9]], exact: [[4, 9, 2]], k: 3 }).recall // 0.6666666666666666
 */
export function annRecall(options: AnnRecallOptions): AnnRecall {
  const { returned, exact, returnedDistances, exactDistances, epsilon = 1e-3 } = options;
  assertSameLength(['returned', 'exact'], returned, exact);
  const longest = Array.from(exact).reduce((most, list) => Math.max(most, list.length), 1);
  const { k = longest } = options;
  assertCount('k', k);
  if (!(epsilon >= 0) || !Number.isFinite(epsilon))
    throw new NearkinError('INVALID_ARGUMENT', `Expected an epsilon of at least 0, got ${epsilon}.`, {
      details: { epsilon },
    });
  const perQuery = Array.from(exact, (list, q) => setRecall(Array.from(returned[q]!), Array.from(list), k));
  const distancePerQuery =
    returnedDistances && exactDistances
      ? Array.from(exact, (list, q) => {
          assertSameLength([`returned[${q}]`, `returnedDistances[${q}]`], returned[q]!, returnedDistances[q] ?? []);
          assertSameLength([`exact[${q}]`, `exactDistances[${q}]`], list, exactDistances[q] ?? []);
          return distanceRecall(
            { ids: returned[q]!, distances: returnedDistances[q]! },
            { distances: exactDistances[q]!, k, epsilon },
          );
        })
      : null;
  return {
    k,
    recall: meanOf(perQuery),
    perQuery,
    distanceRecall: distancePerQuery && meanOf(distancePerQuery),
    distancePerQuery,
  };
}

function setRecall(returned: readonly (string | number)[], exact: readonly (string | number)[], k: number) {
  const wanted = new Set(exact.slice(0, k));
  if (wanted.size === 0) return null;
  const found = new Set(returned.slice(0, k).filter((id) => wanted.has(id)));
  return found.size / wanted.size;
}

function distanceRecall(
  returned: { readonly ids: ArrayLike<string | number>; readonly distances: Numbers },
  exact: { readonly distances: Numbers; readonly k: number; readonly epsilon: number },
): number | null {
  assertFiniteNumbers('returnedDistances', returned.distances);
  assertFiniteNumbers('exactDistances', exact.distances);
  const wanted = Math.min(exact.k, exact.distances.length);
  if (wanted === 0) return null;
  const limit = exact.distances[wanted - 1]! + exact.epsilon;
  const found = new Set<string | number>();
  for (let r = 0; r < Math.min(exact.k, returned.ids.length); r++)
    if (returned.distances[r]! <= limit) found.add(returned.ids[r]!);
  return Math.min(found.size, wanted) / wanted;
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
