import { createRng, createVectors, type Vectors } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { exactTopK } from '../exact-top-k.js';
import { loadKernels } from '../load-kernels.js';
import { openExactScan } from './open-exact-scan.js';
import type { TopK } from './top-k.js';

const metrics = ['cosine', 'dot', 'squaredL2'] as const;

function fill(count: number, dim: number, number: (i: number) => number): Vectors {
  return createVectors(
    Float32Array.from({ length: count * dim }, (_, i) => number(i)),
    dim,
  );
}

/** Places where two answers differ, bit for bit; toEqual takes long over large arrays. */
function differences(found: TopK, expected: TopK): number {
  const bits = ({ scores }: TopK) => new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  const [a, b] = [bits(found), bits(expected)];
  if (a.length !== b.length || found.k !== expected.k) return -1;
  return a.reduce((n, value, i) => n + (value === b[i] && found.rows[i] === expected.rows[i] ? 0 : 1), 0);
}

const rng = createRng(11);
/** Kinds of data that the codes find easy, hard, or hopeless. */
const kinds: Record<string, (count: number, dim: number) => Vectors> = {
  normal: (count, dim) => fill(count, dim, rng.normal),
  'far from zero': (count, dim) => fill(count, dim, () => 30 + rng.uniform()),
  'many ties': (count, dim) => fill(count, dim, () => rng.integer(3) - 1),
  'all the same': (count, dim) => fill(count, dim, (i) => (i % dim) + 1),
  'all zero': (count, dim) => fill(count, dim, () => 0),
  'of lengths from 1e-6 to 1e6': (count, dim) =>
    fill(count, dim, (i) => rng.normal() * 10 ** (((Math.floor(i / dim) * 7) % 13) - 6)),
  'few numbers large': (count, dim) => fill(count, dim, () => rng.normal() ** 9),
  'one row huge': (count, dim) => fill(count, dim, (i) => (i < dim ? 1e7 : rng.normal())),
  'near overflow': (count, dim) => fill(count, dim, () => rng.normal() * 1e17),
  tiny: (count, dim) => fill(count, dim, () => rng.normal() * 1e-18),
};

const engines = [
  ['wasm', { relaxed: false }],
  ['wasm, relaxed where the host has it', {}],
  ['js', { prefer: 'js' }],
] as const;

describe.each(engines)('openExactScan on %s', (_, load) => {
  it.each(Object.entries(kinds))('scores and ranks as the plain scan, bit for bit: %s', async (_kind, make) => {
    for (const [count, dim, k] of [
      [1500, 33, 10],
      [1031, 8, 40],
      [1030, 5, 1030],
    ] as const) {
      const rows = make(count, dim);
      const queries = make(66, dim);
      for (const metric of metrics) {
        const kernels = await loadKernels(load);
        // Kernels of the caller's own: exactTopK goes block by block, without codes.
        const expected = await exactTopK({ queries, rows, k, metric, kernels });
        const scan = await openExactScan({ rows, metric, kernels });
        // Once with the first codes, then with those that they give way to.
        for (let round = 0; round < 3; round++) expect(differences(await scan.topK({ queries, k }), expected)).toBe(0);
        scan.dispose();
        expect(kernels.memory.used).toBe(0);
      }
    }
  });

  it('excludes a row of each query', async () => {
    const rows = fill(1500, 20, rng.normal);
    const kernels = await loadKernels(load);
    const exclude = Int32Array.from({ length: 1500 }, (_, q) => (q % 3 === 2 ? -1 : q));
    const options = { queries: rows, k: 4, exclude };
    const scan = await openExactScan({ rows, metric: 'cosine', kernels });
    const found = await scan.topK(options);
    expect(differences(found, await exactTopK({ ...options, rows, metric: 'cosine', kernels }))).toBe(0);
    const foundItself = [...exclude.keys()].filter((q) => found.rows[q * 4] === q);
    expect(foundItself).toEqual([...exclude.keys()].filter((q) => q % 3 === 2));
  });
});

describe('openExactScan', () => {
  it('answers rows unlike the gallery: far away, zero, huge', async () => {
    const rows = fill(3000, 12, rng.normal);
    const queries = fill(4 * 80, 12, (i) => [1e3, 0, 1e12, 1][Math.floor(i / 12) % 4]! * rng.normal());
    for (const metric of metrics) {
      const kernels = await loadKernels();
      const scan = await openExactScan({ rows, metric, kernels });
      expect(await scan.topK({ queries, k: 7 })).toEqual(await exactTopK({ queries, rows, k: 7, metric, kernels }));
    }
  });

  it('gives the same with several workers, on shared memory and on copies', async () => {
    const rows = fill(3000, 40, rng.normal);
    const queries = fill(301, 40, rng.normal);
    const alone = await openExactScan({ rows, metric: 'squaredL2' });
    const expected = await alone.topK({ queries, k: 20 });
    alone.dispose();
    for (const shared of [true, false]) {
      const scan = await openExactScan({
        rows,
        metric: 'squaredL2',
        workers: 3,
        kernels: await loadKernels({ shared }),
      });
      expect(await scan.topK({ queries, k: 20 })).toEqual(expected);
      // Far more for the heap than for k = 20: the codes are judged anew.
      expect((await scan.topK({ queries, k: 3000 })).rows.slice(0, 20)).toEqual(expected.rows.slice(0, 20));
      scan.dispose();
    }
  });

  it('is what exactTopK uses for many queries', async () => {
    const rows = fill(4100, 16, rng.normal);
    const queries = fill(260, 16, rng.normal);
    const options = { queries, rows, k: 5, metric: 'dot' } as const;
    const ticks: number[] = [];
    const found = await exactTopK({ ...options, onProgress: ({ done }) => ticks.push(done) });
    expect(found).toEqual(await exactTopK({ ...options, kernels: await loadKernels() }));
    expect(ticks[0]).toBe(64);
    expect(ticks.at(-1)).toBe(260);
  });

  it('answers nothing for k = 0, no rows or no queries', async () => {
    const some = fill(2, 3, rng.normal);
    const none = createVectors(new Float32Array(0), 3);
    const scan = await openExactScan({ rows: some, metric: 'dot' });
    expect((await scan.topK({ queries: some, k: 0 })).rows).toHaveLength(0);
    expect((await scan.topK({ queries: none, k: 5 })).rows).toHaveLength(0);
    const empty = await openExactScan({ rows: none, metric: 'dot' });
    expect((await empty.topK({ queries: some, k: 5 })).rows).toHaveLength(0);
  });

  it('refuses what it cannot answer', async () => {
    const rows = fill(5, 3, rng.normal);
    const codeOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error) => error.code);
    const scan = await openExactScan({ rows, metric: 'dot' });
    expect(await codeOf(scan.topK({ queries: fill(1, 4, rng.normal), k: 1 }))).toBe('DIMENSION_MISMATCH');
    expect(await codeOf(scan.topK({ queries: rows, k: -1 }))).toBe('INVALID_ARGUMENT');
    expect(await codeOf(scan.topK({ queries: rows, k: 1, exclude: Int32Array.of(1) }))).toBe('INVALID_ARGUMENT');
    expect(await codeOf(scan.topK({ queries: fill(1, 3, () => Number.NaN), k: 1 }))).toBe('NON_FINITE');
    expect(await codeOf(openExactScan({ rows: fill(1, 3, () => Number.NaN), metric: 'dot' }))).toBe('NON_FINITE');
    expect(await codeOf(scan.topK({ queries: rows, k: 1, signal: AbortSignal.abort() }))).toBe('ABORTED');
    const first = scan.topK({ queries: rows, k: 1 });
    expect(await codeOf(scan.topK({ queries: rows, k: 1 }))).toBe('INVALID_ARGUMENT');
    expect((await first).rows).toHaveLength(5);
    scan.dispose();
    scan.dispose();
    expect(await codeOf(scan.topK({ queries: rows, k: 1 }))).toBe('DISPOSED');
  });
});
