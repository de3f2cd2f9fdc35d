import { createVectors } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { compatSearch } from './compat-search.js';
import { compatTable, floatTable, tableSum } from './compat-table.js';
import { createNearestList } from './nearest-list.js';
import { nearestPartitions, searchedPartitions, searchFractionFor } from './nearest-partitions.js';
import type { LookupType, SearcherCodebook, SearcherDistance } from './searcher-config.js';
import { createSearcherIndex } from './searcher-index.js';

// Values of scann_ondevice/cc/core/searcher_test.cc of TensorFlow Lite Support.
const codebook: SearcherCodebook = {
  widths: [2, 3],
  codewords: 3,
  data: new Float32Array([0.1, 0.2, 0.2, 0.1, 0.9, 0.8, -0.1, -0.2, -0.3, -0.3, -0.2, -0.1, -0.9, -0.8, -0.7]),
};
const zeros = new Float32Array(5);
const ones = new Float32Array(5).fill(1);

function expectClose(received: ArrayLike<number>, expected: readonly number[], digits = 5): void {
  expect(received.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(received[i]).toBeCloseTo(value, digits);
  });
}

describe('lookup tables', () => {
  it('hold squared distances', () => {
    expectClose(floatTable(zeros, { codebook, distance: 'squaredL2' }), [0.05, 0.05, 1.45, 0.14, 0.14, 1.94]);
    expectClose(floatTable(ones, { codebook, distance: 'squaredL2' }), [1.45, 1.45, 0.05, 4.34, 4.34, 9.74]);
  });

  it('hold negated dot products', () => {
    expectClose(floatTable(zeros, { codebook, distance: 'dot' }), [0, 0, 0, 0, 0, 0]);
    expectClose(floatTable(ones, { codebook, distance: 'dot' }), [-0.3, -0.3, -1.7, 0.6, 0.6, 2.4]);
  });

  it('are cut to whole numbers over the range of the whole batch', () => {
    const both = Float32Array.of(
      ...floatTable(zeros, { codebook, distance: 'squaredL2' }),
      ...floatTable(ones, { codebook, distance: 'squaredL2' }),
    );
    const int16 = compatTable(both, { codewords: 3, lookupType: 'int16' });
    expect([...int16.entries]).toEqual([0, 0, 295, 19, 19, 399, 295, 295, 0, 906, 906, 2047]);
    expect(int16.whole!.least).toBeCloseTo(0.05, 5);
    expect(int16.whole!.most).toBeCloseTo(9.74, 5);
    const int8 = compatTable(both, { codewords: 3, lookupType: 'int8' });
    expect([...int8.entries]).toEqual([0, 0, 36, 2, 2, 49, 36, 36, 0, 112, 112, 255]);
  });

  it('of equal entries stand for themselves', () => {
    const table = compatTable(new Float32Array(6).fill(2.5), { codewords: 3, lookupType: 'int8' });
    expect(tableSum(table, Uint8Array.of(0, 2))).toBe(5);
  });

  it('are added up as whole numbers in blocks of 32, half a step for each block of codes', () => {
    // Entries 0 to 9 in 40 blocks of 4 codewords; the sums by hand from least, most and the limit.
    const blocks = 40;
    const table = Float32Array.from({ length: 4 * blocks }, (_, i) => (i % 4) * 3);
    const codes = Uint8Array.from({ length: blocks }, (_, b) => b % 4);
    for (const [lookupType, limit] of [
      ['int8', 255],
      ['int16', 2047],
    ] as const) {
      const step = 9 / limit;
      const whole = [0, 1, 2, 3].map((n) => Math.trunc((n * limit) / 3));
      const sum = 10 * whole.reduce((a, b) => a + b);
      const expected = sum * step + blocks * (step / 2);
      expect(tableSum(compatTable(table, { codewords: 4, lookupType }), codes)).toBeCloseTo(expected, 4);
    }
    expect(tableSum(compatTable(table, { codewords: 4, lookupType: 'float' }), codes)).toBe(10 * 18);
  });
});

/** Rows of the six codes of the test's database. */
const hashed = (distance: SearcherDistance, lookupType: LookupType) =>
  createSearcherIndex({
    config: { indexer: { codebook, distance, lookupType } },
    rows: Uint8Array.of(0, 1, 1, 0, 2, 1, 2, 2, 1, 2, 0, 0),
    width: 2,
    metadata: ['a', 'b', 'c', 'd', 'e', 'f'],
  });

describe('compatSearch', () => {
  it.each(['float', 'int16', 'int8'] as const)('of codes with %s tables', (lookupType) => {
    const index = hashed('squaredL2', lookupType);
    const digits = lookupType === 'float' ? 5 : lookupType === 'int16' ? 2 : 1;
    const near = (query: Float32Array) => compatSearch(index, query, { k: 3 }).map(({ distance }) => distance);
    expectClose(near(zeros), [0.19, 0.19, 0.19], digits);
    expectClose(near(ones), [4.39, 5.79, 5.79], digits);
  });

  it('of one query in whole numbers, to the last bit', () => {
    // One query's table alone: entries [.05 .05 1.45 .14 .14 1.94] over 1.89: [0 0 188 12 12 255] of 255.
    const step = Math.fround(Math.fround(Math.fround(1.94) - Math.fround(0.05)) / 255);
    const [hit] = compatSearch(hashed('squaredL2', 'int8'), zeros, { k: 1 });
    expect(hit!.distance).toBeCloseTo(12 * step + 2 * (0.05 + step / 2), 6);
    expect(hit!.row).toBe(0);
    expect(new TextDecoder().decode(hit!.metadata)).toBe('a');
  });

  const rows = new Float32Array([0, 1, 2, 1, 0, 2, 2, 1, 5, 2, 2, 6, 1, 2, 1]);
  const linear = (distance: SearcherDistance) =>
    createSearcherIndex({ config: { distance }, rows, width: 3, metadata: ['0', '1', '2', '3', '4'] });
  const pairs = (distance: SearcherDistance, query: readonly number[]) =>
    compatSearch(linear(distance), Float32Array.from(query), { k: 3 }).map((hit) => [hit.distance, hit.row]);

  it('of vectors by squared distance', () => {
    expect(pairs('squaredL2', [0, 2, 3])).toEqual([
      [2, 0],
      [5, 4],
      [6, 1],
    ]);
    expect(pairs('squaredL2', [1, 3, 1])).toEqual([
      [1, 4],
      [6, 0],
      [10, 1],
    ]);
  });

  it('of vectors by dot product', () => {
    expect(pairs('dot', [0, 2, 3])).toEqual([
      [-22, 3],
      [-17, 2],
      [-8, 0],
    ]);
    expect(pairs('dot', [1, 3, 1])).toEqual([
      [-14, 3],
      [-10, 2],
      [-8, 4],
    ]);
  });

  it('gives five answers unless told, and never more than there are', () => {
    expect(compatSearch(linear('dot'), new Float32Array(3))).toHaveLength(5);
    expect(compatSearch(linear('dot'), new Float32Array(3), { k: 100 }).map(({ row }) => row)).toEqual([0, 1, 2, 3, 4]);
  });

  it('searches the partitions that the share gives, empty ones too', () => {
    const leaves = createVectors(new Float32Array([0, 0, 10, 0, 20, 0]), 2);
    const index = createSearcherIndex({
      config: { distance: 'squaredL2', partitioner: { leaves, searchFraction: 0.5 } },
      rows: new Float32Array([0, 1, 19, 0, 1, 0]),
      width: 2,
      assignments: [0, 2, 0],
      metadata: ['first', 'far', 'second'],
    });
    expect([...index.partitionOffsets]).toEqual([0, 2, 2, 3]);
    const found = (query: readonly number[], partitionsToSearch?: number) =>
      compatSearch(index, Float32Array.from(query), { partitionsToSearch }).map(({ metadata }) =>
        new TextDecoder().decode(metadata),
      );
    // ceil(1.5) partitions: 0 and the empty 1.
    expect(searchedPartitions(index)).toBe(2);
    expect(found([1, 0])).toEqual(['second', 'first']);
    expect(found([1, 0], 3)).toEqual(['second', 'first', 'far']);
    expect(found([1, 0], 0)).toEqual([]);
    expect(found([10, 0], 1)).toEqual([]);
  });

  it.each([
    ['codes without a codebook', { indexer: undefined }, Uint8Array.of(1, 2)],
    ['vectors with a codebook', { indexer: { codebook } }, new Float32Array(2)],
    ['a distance that is not said', { distance: 'unspecified' }, new Float32Array(2)],
    ['partitions without centroids', { partitioner: { leaves: undefined } }, new Float32Array(2)],
    ['tables that no runtime has', { indexer: { codebook, lookupType: 'int8Lut16' } }, Uint8Array.of(1, 2)],
    [
      'centroids of another dimension',
      { partitioner: { leaves: createVectors(new Float32Array(3), 3) } },
      new Float32Array(2),
    ],
    [
      'partitions and rows compared differently',
      {
        distance: 'unspecified',
        indexer: { codebook, distance: 'dot' },
        partitioner: { leaves: createVectors(new Float32Array(5), 5) },
      },
      Uint8Array.of(1, 2),
    ],
  ] as const)('refuses %s, as devices do', (_, config, only) => {
    const { indexer, ...rest } = config as { indexer?: never };
    const index = createSearcherIndex({
      config: { ...rest, ...(indexer ? { indexer } : {}) },
      rows: only,
      width: 2,
      metadata: [''],
    });
    const refused = expect.objectContaining({ code: 'UNSUPPORTED' });
    expect(() => compatSearch(index, new Float32Array(only instanceof Float32Array ? 2 : 5))).toThrow(refused);
  });

  it('takes the distance of codes from the indexer, of vectors from the top or else the partitioner', () => {
    const leaves = createVectors(new Float32Array([1, 1, 1]), 3);
    const index = createSearcherIndex({
      config: { distance: 'unspecified', partitioner: { leaves, distance: 'dot' } },
      rows,
      width: 3,
      metadata: ['0', '1', '2', '3', '4'],
    });
    expect(compatSearch(index, Float32Array.of(0, 2, 3), { k: 1 })[0]!.distance).toBe(-22);
    const codes = {
      ...hashed('dot', 'float'),
      config: { ...hashed('dot', 'float').config, distance: 'squaredL2' as const },
    };
    expect(compatSearch(codes, ones, { k: 1 })[0]!.distance).toBeCloseTo(-1.7 + 0.6, 5);
  });

  it('refuses queries that do not fit', () => {
    const codes = (code: string) => expect.objectContaining({ code });
    expect(() => compatSearch(linear('dot'), new Float32Array(2))).toThrow(codes('DIMENSION_MISMATCH'));
    expect(() => compatSearch(linear('dot'), Float32Array.of(1, Number.NaN, 0))).toThrow(codes('NON_FINITE'));
    expect(() => compatSearch(linear('dot'), new Float32Array(3), { k: 0 })).toThrow(codes('INVALID_ARGUMENT'));
  });
});

describe('nearestPartitions', () => {
  const leaves = createVectors(new Float32Array([0.1, 0.2, 0.2, 0.1, 0.9, 0.7, 0.3, 0.3]), 2);
  const partitioned = (distance: SearcherDistance, searchFraction = 0.5) =>
    createSearcherIndex({
      config: { partitioner: { leaves, distance, searchFraction } },
      rows: new Float32Array(0),
      width: 2,
      partitionOffsets: new Uint32Array(5),
      metadata: [],
    });

  it.each([
    ['squaredL2', [1, 3], [2, 3], [0, 1]],
    ['dot', [2, 3], [2, 3], [0, 1]],
  ] as const)('by %s', (distance, ...expected) => {
    const queries = [
      [0.3, 0.2],
      [0.9, 0.9],
      [-1, -1],
    ];
    queries.forEach((query, i) => {
      const found = nearestPartitions(partitioned(distance), Float32Array.from(query));
      expect(found.sort((a, b) => a - b)).toEqual(expected[i]);
    });
  });

  it('are as many as 32-bit arithmetic makes them', () => {
    const shareOf = (wanted: number, of: number) =>
      searchedPartitions(
        createSearcherIndex({
          config: { partitioner: { leaves: createVectors(new Float32Array(of), 1), searchFraction: wanted / of } },
          rows: new Float32Array(0),
          width: 1,
          partitionOffsets: new Uint32Array(of + 1),
          metadata: [],
        }),
      );
    expect([shareOf(7, 13), shareOf(3, 21), shareOf(4, 351), shareOf(5, 5)]).toEqual([8, 4, 4, 5]);
  });
});

describe('searchFractionFor', () => {
  it('makes devices search exactly so many partitions', () => {
    for (let partitions = 1; partitions <= 400; partitions++)
      for (let wanted = 1; wanted <= partitions; wanted++) {
        const share = searchFractionFor(wanted, partitions);
        if (Math.ceil(Math.fround(partitions * share)) !== wanted || Math.fround(share) !== share)
          expect.fail(`${wanted} of ${partitions}: ${share}`);
      }
  });
});

describe('createNearestList', () => {
  it('keeps the nearest whatever their order, equal ones by row', () => {
    const distances = [5, 3, 3, 9, 1, 3, 7, 1, 3, 0, 3, 5];
    const expected = distances
      .map((distance, row) => ({ row, distance }))
      .sort((a, b) => a.distance - b.distance || a.row - b.row);
    for (let limit = 1; limit <= distances.length; limit++) {
      const forward = createNearestList(limit);
      distances.forEach((distance, row) => {
        forward.offer(row, distance);
      });
      expect(forward.take()).toEqual(expected.slice(0, limit));
      const backward = createNearestList(limit);
      for (let row = distances.length - 1; row >= 0; row--) backward.offer(row, distances[row]!);
      expect(backward.take()).toEqual(expected.slice(0, limit));
    }
  });

  it('keeps nothing that is not a number or infinitely far', () => {
    const list = createNearestList(3);
    for (const distance of [Number.NaN, Number.POSITIVE_INFINITY, 3.4028234663852886e38]) list.offer(0, distance);
    list.offer(4, Number.NEGATIVE_INFINITY);
    expect(list.take()).toEqual([{ row: 4, distance: Number.NEGATIVE_INFINITY }]);
  });
});
