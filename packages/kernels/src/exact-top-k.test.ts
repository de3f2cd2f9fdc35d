import { createRng, createVectors, l2Normalize, type Vectors, vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { type ExactTopKOptions, exactTopK } from './exact-top-k.js';
import { loadKernels } from './load-kernels.js';

/** The reference: every pair, in double precision, sorted. */
function bruteForce({ queries, rows, k, metric, exclude }: ExactTopKOptions): number[][] {
  const [q, r] = metric === 'cosine' ? [l2Normalize(queries), l2Normalize(rows)] : [queries, rows];
  return Array.from({ length: q.count }, (_, i) => {
    const score = (row: number) => {
      const [a, b] = [vectorAt(q, i), vectorAt(r, row)];
      return metric === 'squaredL2'
        ? -a.reduce((s, x, j) => s + (x - b[j]!) ** 2, 0)
        : a.reduce((s, x, j) => s + x * b[j]!, 0);
    };
    const scored = Array.from({ length: r.count }, (_, row) => ({ row, score: score(row) }));
    const allowed = scored.filter(({ row }) => row !== exclude?.[i]);
    return allowed
      .sort((a, b) => b.score - a.score || a.row - b.row)
      .slice(0, k)
      .map(({ row }) => row);
  });
}

/** Small whole numbers: float32 sums are exact and ties are many. */
function wholeNumbers(count: number, dim: number, seed: number): Vectors {
  const rng = createRng(seed);
  return createVectors(
    Float32Array.from({ length: count * dim }, () => rng.integer(7) - 3),
    dim,
  );
}

const engines = [
  ['wasm', { prefer: 'wasm', relaxed: false }],
  ['wasm, relaxed where the host has it', { prefer: 'wasm' }],
  ['wasm on shared memory', { prefer: 'wasm', relaxed: false, shared: true }],
  ['js', { prefer: 'js' }],
] as const;

describe.each(engines)('exactTopK on %s', (_, load) => {
  it.each(['dot', 'squaredL2'] as const)('agrees with brute force under %s, ties by smaller row', async (metric) => {
    const kernels = await loadKernels(load);
    for (const [count, dim, queryCount, k] of [
      [1, 1, 1, 1],
      [3, 5, 2, 2],
      [130, 7, 5, 10],
      [1000, 16, 3, 1000],
      [259, 33, 8, 3],
    ] as const) {
      const rows = wholeNumbers(count, dim, count);
      const queries = wholeNumbers(queryCount, dim, dim + 100);
      const options = { queries, rows, k, metric };
      const found = await exactTopK({ ...options, kernels });
      expect([...found.rows]).toEqual(bruteForce(options).flat());
    }
    expect(kernels.memory.used).toBe(0);
  });

  it('agrees with brute force under cosine', async () => {
    const rng = createRng(3);
    const random = (count: number) => createVectors(Float32Array.from({ length: count * 24 }, rng.normal), 24);
    const options = { queries: random(9), rows: random(500), k: 7, metric: 'cosine' } as const;
    const found = await exactTopK({ ...options, kernels: await loadKernels(load) });
    expect([...found.rows]).toEqual(bruteForce(options).flat());
    expect(found.scores[0]).toBeLessThanOrEqual(1.000001);
  });

  it('excludes one row a query, and marks the places left empty', async () => {
    const rows = wholeNumbers(4, 3, 1);
    const exclude = Int32Array.of(0, 1, -1, 3);
    const options = { queries: rows, rows, k: 4, metric: 'dot', exclude } as const;
    const found = await exactTopK({ ...options, kernels: await loadKernels(load) });
    const expected = bruteForce(options).map((row) => [...row, ...new Array(4 - row.length).fill(-1)]);
    expect([...found.rows]).toEqual(expected.flat());
    expect(found.scores[3]).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('exactTopK', () => {
  it('gives the same with several workers, on shared memory and on copies', async () => {
    const rows = wholeNumbers(3000, 12, 5);
    const queries = wholeNumbers(101, 12, 6);
    const options = { queries, rows, k: 20, metric: 'dot' } as const;
    const alone = await exactTopK(options);
    for (const shared of [true, false]) {
      const together = await exactTopK({ ...options, workers: 3, kernels: await loadKernels({ shared }) });
      expect(together).toEqual(alone);
    }
  });

  it('reaches the same rows whatever the blocks: many rows, one query', async () => {
    const rows = wholeNumbers(40_000, 64, 8);
    const options = { queries: wholeNumbers(1, 64, 9), rows, k: 50, metric: 'dot' } as const;
    expect([...(await exactTopK(options)).rows]).toEqual(bruteForce(options).flat());
  });

  it('answers nothing for k = 0, no rows or no queries', async () => {
    const some = wholeNumbers(2, 3, 1);
    const none = createVectors(new Float32Array(0), 3);
    expect((await exactTopK({ queries: some, rows: some, k: 0, metric: 'dot' })).rows).toHaveLength(0);
    expect((await exactTopK({ queries: some, rows: none, k: 5, metric: 'dot' })).rows).toHaveLength(0);
    expect((await exactTopK({ queries: none, rows: some, k: 5, metric: 'dot' })).rows).toHaveLength(0);
  });

  it('refuses what it cannot answer', async () => {
    const some = wholeNumbers(2, 3, 1);
    const refused = (options: Partial<ExactTopKOptions>) =>
      exactTopK({ queries: some, rows: some, k: 1, metric: 'dot', ...options }).then(
        () => undefined,
        (error) => error.code,
      );
    expect(await refused({ rows: wholeNumbers(2, 4, 1) })).toBe('DIMENSION_MISMATCH');
    expect(await refused({ k: 1.5 })).toBe('INVALID_ARGUMENT');
    expect(await refused({ k: -1 })).toBe('INVALID_ARGUMENT');
    expect(await refused({ exclude: Int32Array.of(1) })).toBe('INVALID_ARGUMENT');
    expect(await refused({ rows: createVectors(Float32Array.of(1, Number.NaN, 0), 3) })).toBe('NON_FINITE');
    const signal = AbortSignal.abort();
    expect(await refused({ signal })).toBe('ABORTED');
  });
});
