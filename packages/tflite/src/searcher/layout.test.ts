import { createVectors } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { readTable } from '../leveldb/read-table.js';
import { writeTable } from '../leveldb/write-table.js';
import { compatSearch } from './compat-search.js';
import { readSearcherIndex } from './read-searcher-index.js';
import { createSearcherIndex, metadataOf, type SearcherIndex } from './searcher-index.js';
import { writeSearcherIndex } from './write-searcher-index.js';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const keyed = (bytes: Uint8Array) =>
  new Map(Array.from(readTable(bytes).entries(), ({ key, value }) => [decode(key), value.slice()]));

function fileOf(pairs: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const entries = Object.entries(pairs).map(([key, value]) => ({ key: encode(key), value }));
  entries.sort((a, b) => (decode(a.key) < decode(b.key) ? -1 : 1));
  return writeTable(entries, { compression: 'none' });
}

const badFormat = (reason: string) =>
  expect.objectContaining({ code: 'BAD_FORMAT', message: expect.stringContaining(reason) });

// Layouts of index_builder_test.cc, scann_converter_test.py and index_test.cc of TensorFlow Lite Support and Model Maker.
describe('layout of index files', () => {
  it('groups 24 rows into 12 partitions', () => {
    const [rows, partitions] = [24, 12];
    const leaves = createVectors(
      Float32Array.from({ length: 24 }, (_, i) => i >> 1),
      2,
    );
    for (const compression of ['none', 'snappy'] as const)
      for (const kind of [Float32Array, Uint8Array]) {
        const index = createSearcherIndex({
          config: { partitioner: { leaves } },
          rows: kind.from(Array.from({ length: 2 * rows }, (_, i) => i >> 1)),
          width: 2,
          assignments: Array.from({ length: rows }, (_, i) => i % partitions),
          metadata: Array.from({ length: rows }, (_, i) => String(i)),
          userInfo: 'hashed_userinfo',
        });
        const bytes = writeSearcherIndex(index, { compression });
        const values = keyed(bytes);
        for (let p = 0; p < partitions; p++)
          expect(values.get(`E_${p}`)).toEqual(new Uint8Array(kind.of(p, p, p + 12, p + 12).buffer));
        for (let i = 0; i < rows; i++) expect(decode(values.get(`M_${i}`)!)).toBe(String((i >> 1) + (i % 2 ? 12 : 0)));
        expect(decode(values.get('USER_INFO')!)).toBe('hashed_userinfo');
        expect([...values.keys()]).toEqual([...values.keys()].sort());
        expect(readSearcherIndex(bytes)).toEqual(index);
        // scann_config { partitioner { leaf … } }, the type, 2 numbers a row, offsets 0, 2, … 22, packed.
        const config = [...values.get('INDEX_CONFIG')!];
        expect(config.slice(-18)).toEqual([
          ...[0x10, kind === Uint8Array ? 2 : 1, 0x18, 2, 0x22, 12],
          ...Array.from({ length: 12 }, (_, i) => 2 * i),
        ]);
        // A leaf of two numbers takes 12 bytes; 144 and 147 take two bytes each.
        expect(config.slice(0, 6)).toEqual([0x0a, 0x93, 1, 0x1a, 0x90, 1]);
      }
  });

  it('keeps texts and bytes of any kind', () => {
    const index = createSearcherIndex({
      config: { partitioner: { leaves: createVectors(new Float32Array([1, 1, 1, 2, 2, 2, 3, 3, 3]), 3) } },
      rows: Uint8Array.from({ length: 200 }, (_, i) => Math.floor(i / 20)),
      width: 20,
      assignments: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0],
      metadata: ['0', '1', '2', '3', '你好', Uint8Array.of(0, 0x22, 0x33), '6', '7', '8', '9'],
      userInfo: Uint8Array.of(0, 0x11, 0x22, 0x34),
    });
    const values = keyed(writeSearcherIndex(index));
    expect(decode(values.get('M_1')!)).toBe('3');
    expect(decode(values.get('M_5')!)).toBe('你好');
    expect([...values.get('M_8')!]).toEqual([0, 0x22, 0x33]);
    expect([...values.get('USER_INFO')!]).toEqual([0, 0x11, 0x22, 0x34]);
    expect([0, 1, 2].map((i) => values.get('E_2')![20 * i])).toEqual([2, 5, 8]);
  });

  it('has keys in byte order whatever the number of rows', () => {
    for (const count of [1, 2, 9, 10, 11, 99, 100, 101, 110, 1234]) {
      const index = createSearcherIndex({
        config: {},
        rows: new Float32Array(count),
        width: 1,
        metadata: Array.from({ length: count }, (_, i) => `${i}`),
      });
      const keys = [...keyed(writeSearcherIndex(index)).keys()];
      expect(keys).toEqual(
        ['E_0', 'INDEX_CONFIG', ...Array.from({ length: count }, (_, i) => `M_${i}`), 'USER_INFO'].sort(),
      );
    }
  });

  /** As dummy_index.ldb: codes without a codebook, half of the partitions searched, offsets 0 and 2. */
  const dummy = {
    E_0: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    E_1: Uint8Array.of(8, 9, 10, 11),
    // scann_config { partitioner { search_fraction: 0.5 } }, UINT8, 4 numbers a row, offsets 0 and 2 unpacked.
    INDEX_CONFIG: Uint8Array.of(0x0a, 7, 0x1a, 5, 0x15, 0, 0, 0, 0x3f, 0x10, 2, 0x18, 4, 0x20, 0, 0x20, 2),
    M_0: encode('metadata_0'),
    M_1: encode('metadata_1'),
    M_2: encode('metadata_2'),
    USER_INFO: encode('user info'),
  };

  it('is read where the settings are not enough to search', () => {
    const index = readSearcherIndex(fileOf(dummy));
    expect(index.config).toEqual({ partitioner: { leaves: undefined, searchFraction: 0.5 } });
    expect([...index.rows]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect([...index.partitionOffsets]).toEqual([0, 2, 3]);
    expect(decode(metadataOf(index, 2))).toBe('metadata_2');
    expect(() => metadataOf(index, 3)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(decode(index.userInfo)).toBe('user info');
    expect(() => compatSearch(index, new Float32Array(4))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
    expect(readSearcherIndex(writeSearcherIndex(index, { compression: 'snappy' }))).toEqual(index);
  });

  it('is read without offsets, without user info, and with keys and settings it does not know', () => {
    const { USER_INFO: _, ...rest } = dummy;
    const settings = Uint8Array.of(
      0x10,
      2,
      0x18,
      4,
      0x7a,
      2,
      1,
      2,
      0x85,
      1,
      1,
      2,
      3,
      4,
      0x89,
      1,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
    );
    const index = readSearcherIndex(
      fileOf({ ...rest, INDEX_CONFIG: settings, NEW_THING: encode('?'), E_x: encode('?') }),
    );
    expect(index.config).toEqual({});
    expect([...index.partitionOffsets]).toEqual([0, 2, 3]);
    expect(index.userInfo.length).toBe(0);
  });

  const changed = (key: keyof typeof dummy, value: Uint8Array | undefined) => {
    const { [key]: _, ...rest } = dummy;
    return fileOf(value ? { ...rest, [key]: value } : rest);
  };
  const settings = (...bytes: number[]) => changed('INDEX_CONFIG', Uint8Array.from(bytes));

  it.each([
    ['no settings', changed('INDEX_CONFIG', undefined), 'INDEX_CONFIG'],
    ['no type of rows', settings(0x18, 4), 'vectors or codes'],
    ['an unknown type of rows', settings(0x10, 9, 0x18, 4), 'unknown type 9'],
    ['rows of no numbers', settings(0x10, 2), '0 numbers'],
    ['a partition of half a row', changed('E_1', Uint8Array.of(1, 2, 3)), 'not a multiple'],
    ['a partition missing', changed('E_0', undefined), 'partition 1 of 1'],
    ['metadata missing', changed('M_2', undefined), '3 rows'],
    ['metadata of a row that is not there', fileOf({ ...dummy, M_3: encode('x') }), '3 rows'],
    ['metadata under another number', fileOf({ ...dummy, M_1: encode('x'), M_7: encode('x') }), '3 rows'],
    ['offsets that do not fit', settings(0x10, 2, 0x18, 4, 0x22, 2, 0, 1), 'starts at row 1'],
    ['other offsets than partitions', settings(0x10, 2, 0x18, 4, 0x22, 1, 0), '1 partitions'],
    ['settings cut off', settings(0x10, 2, 0x18), 'does not end'],
    ['an unknown distance', settings(0x0a, 2, 8, 5, 0x10, 2, 0x18, 4), 'unknown distance 5'],
    ['an empty codeword', settings(0x0a, 8, 0x12, 6, 0x0a, 4, 0x0a, 2, 0x0a, 0, 0x10, 2, 0x18, 4), 'empty'],
    ['group fields', settings(0x0b, 0x0c), 'wire type'],
  ])('is refused with %s', (_, bytes, reason) => {
    expect(() => readSearcherIndex(bytes)).toThrow(badFormat(reason));
  });
});

describe('settings', () => {
  const codebook = { widths: [1, 2], codewords: 3, data: new Float32Array([1, 2, 3, 4, 5, 6, 7, 8, 9]) };
  const leaves = createVectors(new Float32Array([1, 2, 3, 4, 5, 6]), 3);
  const full: SearcherIndex = createSearcherIndex({
    config: {
      distance: 'dot',
      indexer: { codebook, distance: 'dot', lookupType: 'int8' },
      partitioner: { leaves, searchFraction: 0.25, distance: 'squaredL2' },
    },
    rows: Uint8Array.of(0, 1, 2, 0),
    width: 2,
    assignments: [1, 0],
    metadata: ['one', 'zero'],
  });

  it('come back as they were, every field and none', () => {
    for (const compression of ['none', 'snappy'] as const)
      expect(readSearcherIndex(writeSearcherIndex(full, { compression }))).toEqual(full);
    const bare = { ...full, config: {} };
    expect(readSearcherIndex(writeSearcherIndex(bare))).toEqual(bare);
    for (const distance of ['squaredL2', 'dot', 'unspecified'] as const)
      for (const lookupType of ['float', 'int16', 'int8', 'int8Lut16'] as const) {
        const other = { ...full, config: { distance, indexer: { codebook, distance, lookupType } } };
        expect(readSearcherIndex(writeSearcherIndex(other))).toEqual(other);
      }
  });

  it('may be split and unpacked, as protobuf allows', () => {
    const values = keyed(writeSearcherIndex(full));
    const float = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)];
    const message = (number: number, ...bytes: number[]) => [8 * number + 2, bytes.length, ...bytes];
    const unpacked = (...numbers: number[]) => numbers.flatMap((value) => [0x0d, ...float(value)]);
    const packed = (...numbers: number[]) => message(1, ...numbers.flatMap(float));
    const subspace = (...entries: number[][]) => message(1, ...entries.flatMap((entry) => message(1, ...entry)));
    const hashing = (...bytes: number[]) => message(1, ...message(2, ...message(1, ...bytes)));
    const settings = [
      ...hashing(...subspace(packed(1), unpacked(2), packed(3)), 0x10, 0),
      ...hashing(0x10, 1, ...subspace([...packed(4), ...packed(5)], unpacked(6, 7), packed(8, 9)), 0x18, 2),
      ...message(1, 8, 0),
      ...message(1, 8, 1, ...message(3, ...message(1, ...packed(1, 2, 3)))),
      ...message(1, ...message(3, ...message(1, ...unpacked(4, 5, 6)), 0x15, ...float(0.25), 0x18, 0)),
      ...[0x10, 1, 0x10, 2, 0x18, 2, 0x20, 0, 0x22, 1, 1],
    ];
    const bytes = fileOf({ ...Object.fromEntries(values), INDEX_CONFIG: Uint8Array.from(settings) });
    expect(readSearcherIndex(bytes)).toEqual(full);
  });

  it.each([
    ['a code beyond the codewords', { ...full, rows: Uint8Array.of(0, 1, 2, 3) }],
    ['centroids of other partitions', { ...full, partitionOffsets: Uint32Array.of(0, 2) }],
    ['partitions that overlap', { ...full, partitionOffsets: Uint32Array.of(0, 3, 2) }],
    ['rows missing', { ...full, rows: Uint8Array.of(0, 1) }],
    ['rows of no numbers', { ...full, width: 0 }],
  ])('are not written with %s', (_, index) => {
    expect(() => writeSearcherIndex(index)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('are not made of parts that do not fit', () => {
    const make = (parts: object) => () =>
      createSearcherIndex({ config: full.config, rows: full.rows, width: 2, metadata: ['a', 'b'], ...parts });
    const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(make({ assignments: [0] })).toThrow(invalid);
    expect(make({ assignments: [0, 2] })).toThrow(invalid);
    expect(make({ metadata: ['a'] })).toThrow(invalid);
    expect(make({})).toThrow(invalid); // two centroids, one partition
  });
});
