import { createRng } from '@nearkin/core';
import { describe, expect, test } from 'vitest';
import { createHashedTextEmbedder, type HashedTextEmbedderParts, type StoredMatrix } from './hashed-text-embedder.js';
import { rememberFeatures } from './known-features.js';
import { murmur3 } from './murmur3.js';
import { hashTextFeatures, textFeatures } from './text-features.js';

const hashing = { rows: 64, seed: 5 };

function randomMatrix(rows: number, columns: number, seed: number): StoredMatrix {
  const rng = createRng(seed);
  return { rows, columns, data: Float32Array.from({ length: rows * columns }, () => rng.normal()) };
}

const parts: HashedTextEmbedderParts = {
  hashing,
  table: randomMatrix(64, 6, 1),
  direct: randomMatrix(6, 4, 2),
  hidden: randomMatrix(6, 5, 3),
  hiddenBias: randomMatrix(1, 5, 4),
  output: randomMatrix(5, 4, 6),
};

/** The definition, in the plainest words. */
function expected(text: string): number[] {
  const at = (m: StoredMatrix, i: number, j: number) => m.data[i * m.columns + j]!;
  const rows = textFeatures(text).map((feature) => murmur3(feature, 5) % 64);
  const bag = Array.from(
    { length: 6 },
    (_, i) => rows.reduce((sum, row) => sum + at(parts.table, row, i), 0) / Math.sqrt(rows.length),
  );
  const hidden = Array.from({ length: 5 }, (_, j) =>
    Math.max(0, at(parts.hiddenBias, 0, j) + bag.reduce((sum, b, i) => sum + b * at(parts.hidden, i, j), 0)),
  );
  const answer = Array.from(
    { length: 4 },
    (_, j) =>
      bag.reduce((sum, b, i) => sum + b * at(parts.direct, i, j), 0) +
      hidden.reduce((sum, h, i) => sum + h * at(parts.output, i, j), 0),
  );
  const length = Math.hypot(...answer);
  return answer.map((value) => value / length);
}

describe('createHashedTextEmbedder', () => {
  test('follows its definition', async () => {
    const texts = ['red apple', '赤いリンゴ', 'яблоко'];
    const { data, dim } = await createHashedTextEmbedder(parts).embed(texts);
    texts.forEach((text, i) => {
      const want = expected(text);
      for (let j = 0; j < dim; j++) expect(data[i * dim + j]).toBeCloseTo(want[j]!, 6);
    });
  });

  test('answers with the same bits on every host', async () => {
    const { data } = await createHashedTextEmbedder(parts).embed(['red apple']);
    expect([...new Uint32Array(data.buffer)]).toMatchInlineSnapshot(`
      [
        1021571306,
        3209067544,
        3185152326,
        1059010321,
      ]
    `);
  });

  test('bytes stand for numbers', async () => {
    const bytes = Uint8Array.from({ length: 64 * 6 }, (_, i) => (i * 37) % 256);
    const scale = 0.03;
    const min = -4;
    const a = createHashedTextEmbedder({ ...parts, table: { rows: 64, columns: 6, data: bytes, scale, min } });
    const numbers = Float32Array.from(bytes, (byte) => byte * scale + min);
    const b = createHashedTextEmbedder({ ...parts, table: { rows: 64, columns: 6, data: numbers } });
    const [x, y] = [await a.embed(['one two']), await b.embed(['one two'])];
    x.data.forEach((value, i) => {
      expect(value).toBeCloseTo(y.data[i]!, 5);
    });
    expect(a.id).not.toBe(b.id);
  });

  test('empty text, and text of which nothing is known, give zeros', async () => {
    const known = rememberFeatures(hashTextFeatures('red apple', hashing).marks, 1 << 12);
    const embedder = createHashedTextEmbedder({ ...parts, known });
    const { data } = await embedder.embed(['', '  ', 'zzz', 'red apple', 'red zzz']);
    expect([...data.subarray(0, 12)].every((value) => value === 0)).toBe(true);
    expect(Math.hypot(...data.subarray(12, 16))).toBeCloseTo(1, 6);
    const red = await embedder.embed(['red']);
    expect(data.subarray(16, 20)).toEqual(red.data);
  });

  test('a text of 100 kB is read in part', async () => {
    const embedder = createHashedTextEmbedder(parts);
    const [long, start] = [await embedder.embed(['pear '.repeat(20_000)]), await embedder.embed(['pear'])];
    expect(long.data.every(Number.isFinite)).toBe(true);
    expect(Math.hypot(...long.data)).toBeCloseTo(1, 6);
    expect(start.count).toBe(1);
  });

  test('the identity changes with any part', () => {
    const id = createHashedTextEmbedder(parts).id;
    expect(id).toMatch(/^hashed-4-[0-9a-f]{32}$/);
    expect(createHashedTextEmbedder({ ...parts }).id).toBe(id);
    expect(createHashedTextEmbedder({ ...parts, hashing: { rows: 64, seed: 6 } }).id).not.toBe(id);
    expect(createHashedTextEmbedder({ ...parts, output: randomMatrix(5, 4, 7) }).id).not.toBe(id);
    expect(createHashedTextEmbedder({ ...parts, known: new Uint8Array(8) }).id).not.toBe(id);
    expect(createHashedTextEmbedder({ ...parts, id: 'mine' }).id).toBe('mine');
  });

  test('parts that do not fit are refused', () => {
    const broken: Partial<HashedTextEmbedderParts>[] = [
      { table: randomMatrix(63, 6, 1) },
      { direct: randomMatrix(5, 4, 1) },
      { output: randomMatrix(5, 3, 1) },
      { hiddenBias: { rows: 1, columns: 5, data: new Float32Array(4) } },
      { hidden: { rows: 6, columns: 5, data: new Float32Array(30).fill(Number.NaN) } },
      { known: new Uint8Array(6) },
      { hashing: { rows: 0, seed: 1 } },
    ];
    for (const change of broken)
      expect(() => createHashedTextEmbedder({ ...parts, ...change })).toThrowError(
        expect.objectContaining({ code: 'BAD_MODEL' }),
      );
  });

  test('what is not a text, an aborted signal and use after dispose are errors', async () => {
    const embedder = createHashedTextEmbedder(parts);
    await expect(embedder.embed([3 as unknown as string])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(embedder.embed(['a'], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    embedder.dispose();
    embedder.dispose();
    await expect(embedder.embed(['a'])).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
