import {
  createGallery,
  createRng,
  createVectors,
  type Gallery,
  l2Normalize,
  type Vectors,
  vectorAt,
} from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { buildIndex } from './build/build-index.js';
import type { BuildIndexOptions } from './build/build-options.js';
import type { Metric } from './state/index-header.js';
import type { SearchIndex } from './state/search-index.js';
import { fromSnapshot, toSnapshot } from './state/snapshot.js';

/** The reference: every row, in double precision, sorted. */
function bruteForce(gallery: Gallery, query: Float32Array, { k, metric }: { k: number; metric: Metric }): string[] {
  const [rows, q] = metric === 'cosine' ? [l2Normalize(gallery.vectors), unit(query)] : [gallery.vectors, query];
  const score = (row: Float32Array) =>
    metric === 'squaredL2'
      ? -row.reduce((s, x, j) => s + (x - q[j]!) ** 2, 0)
      : row.reduce((s, x, j) => s + x * q[j]!, 0);
  const scored = gallery.ids.map((id, i) => ({ id, i, score: score(vectorAt(rows, i)) }));
  return scored
    .sort((a, b) => b.score - a.score || a.i - b.i)
    .slice(0, k)
    .map(({ id }) => id);
}

const unit = (vector: Float32Array) => l2Normalize(createVectors(vector, vector.length)).data;

/** Clusters in few latent dimensions, as embeddings have them. */
function clustered(count: number, dim: number, seed: number): Vectors {
  const rng = createRng(99);
  const latent = 8;
  const map = Float32Array.from({ length: latent * dim }, rng.normal);
  const centers = Float32Array.from({ length: 40 * latent }, rng.normal);
  const draw = createRng(seed);
  const data = new Float32Array(count * dim);
  for (let i = 0; i < count; i++) {
    const c = draw.integer(40);
    const z = Array.from({ length: latent }, (_, l) => centers[c * latent + l]! + 0.5 * draw.normal());
    for (let j = 0; j < dim; j++)
      data[i * dim + j] = z.reduce((sum, value, l) => sum + value * map[l * dim + j]!, 0) + 0.3 * draw.normal();
  }
  return createVectors(data, dim);
}

function galleryOf(vectors: Vectors, prefix = 'row'): Gallery {
  return createGallery({
    vectors,
    ids: Array.from({ length: vectors.count }, (_, i) => `${prefix}-${i}`),
    labels: Array.from({ length: vectors.count }, (_, i) => `label-${i % 7}`),
    metadata: Array.from({ length: vectors.count }, (_, i) => ({ even: i % 2 === 0, i })),
  });
}

const engines: Record<string, BuildIndexOptions> = {
  wasm: { relaxed: false },
  'wasm, relaxed where the host has it': {},
  js: { engine: 'js' },
};

const kinds: Record<string, BuildIndexOptions & { recall: number }> = {
  flat: { kind: 'flat', recall: 1 },
  flatInt8: { kind: 'flatInt8', recall: 0.97 },
  'partitioned pq4 + int8': { kind: 'partitioned', recall: 0.9 },
  'partitioned pq4 + bf16': { kind: 'partitioned', reorder: 'bf16', recall: 0.9 },
  'partitioned pq4 + float32': { kind: 'partitioned', reorder: 'float32', recall: 0.9 },
  'partitioned pq4 alone': { kind: 'partitioned', reorder: 'none', recall: 0.5 },
  'partitioned pq4 of rows': { kind: 'partitioned', residual: false, recall: 0.85 },
  'partitioned pq8 + float32': { kind: 'partitioned', codes: 'pq8', reorder: 'float32', recall: 0.9 },
  'partitioned pq4 + int8, spilled': { kind: 'partitioned', soar: 1, recall: 0.9 },
  'partitioned pq4 alone, spilled': { kind: 'partitioned', soar: { lambda: 0.5 }, reorder: 'none', recall: 0.5 },
  'partitioned int8, spilled': { kind: 'partitioned', codes: 'int8', soar: 1, recall: 0.9 },
  'partitioned int8': { kind: 'partitioned', codes: 'int8', recall: 0.9 },
  'partitioned int8 + float32': { kind: 'partitioned', codes: 'int8', reorder: 'float32', recall: 0.9 },
};

const everything = { partitionsToSearch: 1e6, reorder: 1e6 };

function recallOf(
  index: SearchIndex,
  { gallery, queries, metric }: { gallery: Gallery; queries: Vectors; metric: Metric },
): number {
  let hits = 0;
  for (let q = 0; q < queries.count; q++) {
    const truth = bruteForce(gallery, vectorAt(queries, q), { k: 10, metric });
    const found = index.search(vectorAt(queries, q), { k: 10 }).map(({ id }) => id);
    hits += truth.filter((id) => found.includes(id)).length;
  }
  return hits / queries.count / 10;
}

describe.each(Object.keys(kinds))('%s', (name) => {
  const { recall, ...kind } = kinds[name]!;
  describe.each(['cosine', 'dot', 'squaredL2'] as const)('under %s', (metric) => {
    const dim = 22; // no multiple of 4, 8, 16 or of an odd block
    const gallery = galleryOf(clustered(400, dim, 1));
    const queries = clustered(12, dim, 2);
    const options = { ...kind, metric, seed: 5, partitions: 12, partitionsToSearch: 7, reorderCandidates: 60 };

    it('finds what brute force finds, on every engine the same', async () => {
      const answers = [];
      for (const engine of Object.values(engines)) {
        const index = await buildIndex(gallery, { ...options, ...engine });
        expect(recallOf(index, { gallery, queries, metric })).toBeGreaterThanOrEqual(recall);
        const hits = index.search(vectorAt(queries, 0), { k: 400, ...everything });
        expect(hits).toHaveLength(400);
        expect(hits.every((hit, i) => i === 0 || hits[i - 1]!.score >= hit.score)).toBe(true);
        answers.push({ codes: toSnapshot(index).sections, hits: index.search(vectorAt(queries, 1)) });
      }
      expect(answers[2]).toEqual(answers[0]); // JavaScript is the baseline build, bit for bit
      expect(answers[1]!.codes).toEqual(answers[0]!.codes); // builds are never fused
    });

    it('answers a batch as it answers one by one, and after a round trip through bytes', async () => {
      const index = await buildIndex(gallery, { ...options, ...engines['wasm'] });
      const single = Array.from({ length: queries.count }, (_, q) => index.search(vectorAt(queries, q)));
      expect(await index.searchBatch(queries)).toEqual(single);
      const again = await fromSnapshot(toSnapshot(index), engines['wasm']);
      expect(await again.searchBatch(queries)).toEqual(single);
      expect(toSnapshot(again)).toEqual(toSnapshot(index));
    });

    it('scores as the metric says', async () => {
      const index = await buildIndex(gallery, { ...options, ...engines['wasm'] });
      const query = vectorAt(queries, 3);
      const [best] = index.search(query, { k: 1, ...everything });
      const row = vectorAt(gallery.vectors, gallery.ids.indexOf(best!.id));
      const [a, b] = metric === 'cosine' ? [unit(query), unit(row)] : [query, row];
      const truth =
        metric === 'squaredL2'
          ? -a.reduce((s, x, j) => s + (x - b[j]!) ** 2, 0)
          : a.reduce((s, x, j) => s + x * b[j]!, 0);
      const size = Math.hypot(...a) * Math.hypot(...b);
      const exact = name === 'flat' || name.includes('float32');
      expect(Math.abs(best!.score - truth) / size).toBeLessThan(exact ? 1e-6 : name.includes('alone') ? 0.2 : 0.01);
    });

    it('finds only what a filter lets pass, and misses hardly any of it', async () => {
      const index = await buildIndex(gallery, { ...options, ...engines['wasm'] });
      const allowed = gallery.ids.map((_, i) => i).filter((i) => i % 7 === 3 && i % 2 === 0);
      const part = createGallery({
        vectors: createVectors(Float32Array.from(allowed.flatMap((i) => [...vectorAt(gallery.vectors, i)])), dim),
        ids: allowed.map((i) => gallery.ids[i]!),
      });
      const filter = {
        labels: ['label-3', 'label-none'],
        where: (metadata: unknown) => (metadata as { even: boolean }).even,
      };
      let hits = 0;
      for (let q = 0; q < queries.count; q++) {
        const query = vectorAt(queries, q);
        const found = index.search(query, { k: 10, filter }).map(({ id }) => id);
        const truth = bruteForce(part, query, { k: 10, metric });
        expect(found).toHaveLength(10);
        expect(found.every((id) => part.ids.includes(id))).toBe(true);
        hits += truth.filter((id) => found.includes(id)).length;
      }
      expect(hits / queries.count / 10).toBeGreaterThanOrEqual(name.includes('alone') ? 0.5 : 0.95);
      expect(index.search(vectorAt(queries, 0), { filter: { ids: [] } })).toEqual([]);
      const one = index.search(vectorAt(queries, 0), { filter: { ids: ['row-5', 'unknown'] } });
      expect(one).toMatchObject([{ id: 'row-5', label: 'label-5', metadata: { even: false, i: 5 } }]);
    });

    it('lives: removed rows are gone and nothing else, added rows are found first', async () => {
      const index = await buildIndex(gallery, { ...options, ...engines['wasm'] });
      const query = vectorAt(queries, 7);
      const before = index.search(query, { k: 400, ...everything }).map(({ id }) => id);
      const gone = before.slice(2, 140);
      index.remove(gone);
      const after = index.search(query, { k: 400, ...everything }).map(({ id }) => id);
      expect(after).toEqual(before.filter((id) => !gone.includes(id)));
      index.compact();
      expect(index.search(query, { k: 400, ...everything }).map(({ id }) => id)).toEqual(after);
      const back = gone.map((id) => gallery.ids.indexOf(id));
      index.add(
        createGallery({
          vectors: createVectors(Float32Array.from(back.flatMap((i) => [...vectorAt(gallery.vectors, i)])), dim),
          ids: gone,
        }),
      );
      expect(index.count).toBe(400);
      expect(new Set(index.search(query, { k: 400, ...everything }).map(({ id }) => id))).toEqual(new Set(before));
      index.upsert(galleryOf(createVectors(query, dim), 'new'));
      index.upsert(galleryOf(createVectors(query, dim), 'new'));
      expect(index.count).toBe(401);
      if (metric !== 'dot' && !name.includes('alone')) expect(index.search(query, { k: 1 })[0]!.id).toBe('new-0');
      index.remove(toSnapshot(index).ids);
      expect(index.search(query)).toEqual([]);
      index.add(gallery);
      expect(recallOf(index, { gallery, queries, metric })).toBeGreaterThanOrEqual(recall - 0.02);
      expect(index.health().rows).toBe(400);
    });
  });
});

describe('a snapshot whose rows are not numbers', () => {
  const gallery = galleryOf(clustered(60, 8, 1));
  it.each([
    ['rows.scale', { kind: 'flatInt8' }],
    ['rows.f32', { kind: 'flat' }],
    ['rows.bf16', { kind: 'partitioned', reorder: 'bf16' }],
    ['rows.norm', { kind: 'flatInt8', metric: 'squaredL2' }],
  ] as const)('is refused: %s', async (name, options) => {
    const snapshot = toSnapshot(await buildIndex(gallery, options));
    const bytes = snapshot.sections.get(name)!;
    for (const forged of [
      [0x80, 0x7f],
      [0xc0, 0xff],
    ]) {
      const section = bytes.slice();
      section.set(forged, 4 * 5 + 2);
      const sections = new Map([...snapshot.sections, [name, section]]);
      await expect(fromSnapshot({ ...snapshot, sections })).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    }
  });
});
