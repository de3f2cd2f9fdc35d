import { createRng, NearkinError, vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { damageFile, fixChecksums } from '../../test/damage-file.js';
import { smallGallery } from '../../test/small-gallery.js';
import { watchAllocations } from '../../test/watch-allocations.js';
import { buildIndex } from '../build/build-index.js';
import type { BuildIndexOptions } from '../build/build-options.js';
import type { Hit } from '../search/search-options.js';
import { openIndex, openLazyIndex } from './index-file.js';

const environment = typeof process === 'undefined' ? {} : process.env;
/** `NEARKIN_MUTATIONS=20000` for the long run. */
const mutations = Number(environment['NEARKIN_MUTATIONS'] ?? 120);
const seed = Number(environment['NEARKIN_SEED'] ?? 1);

const kinds: BuildIndexOptions[] = [
  { kind: 'flat' },
  { kind: 'flatInt8', metric: 'squaredL2' },
  { kind: 'partitioned', partitions: 8 },
  { kind: 'partitioned', partitions: 8, metric: 'squaredL2', codes: 'pq4', reorder: 'bf16' },
  { kind: 'partitioned', partitions: 8, metric: 'dot', codes: 'pq8', reorder: 'float32' },
];
const queries = smallGallery({ count: 3, seed: 5 }).vectors;
const k = 9;
let slowest = 0;

/** What searches answer, or undefined for a typed error; anything else fails. */
async function tryAnswers(bytes: Uint8Array, lazily: boolean): Promise<Hit[][] | undefined> {
  const started = performance.now();
  const { result, largest } = await watchAllocations(async () => {
    try {
      const index = await (lazily ? openLazyIndex(bytes) : openIndex(bytes));
      const hits: Hit[][] = [];
      for (let i = 0; i < queries.count; i++) hits.push(await index.search(vectorAt(queries, i), { k }));
      index.dispose();
      return hits;
    } catch (error) {
      if (error instanceof NearkinError) return undefined;
      throw error;
    }
  });
  // The kernels start with a memory of their own, whatever the file.
  expect(largest).toBeLessThanOrEqual(Math.max(4 * bytes.length, 1 << 20));
  slowest = Math.max(slowest, performance.now() - started);
  return result;
}

describe.each(kinds)('searching a damaged file: %o', { timeout: 3_600_000 }, (options) => {
  const share = Math.ceil(mutations / kinds.length / 2);

  it(`answers the same or not at all, ${share} times`, async () => {
    const bytes = (await buildIndex(smallGallery(), options)).toBytes();
    const whole = await tryAnswers(bytes, false);
    expect(whole).toHaveLength(3);
    const rng = createRng(seed);
    for (let i = 0; i < share; i++) {
      const found = await tryAnswers(damageFile(bytes, rng), i % 4 === 3);
      if (found) expect(found, `mutation ${i}`).toEqual(whole);
    }
  });

  it(`answers in form or not at all where checksums are right, ${share} times`, async () => {
    const bytes = (await buildIndex(smallGallery(), options)).toBytes();
    const rng = createRng(seed + 1);
    let answered = 0;
    for (let i = 0; i < share; ) {
      const forged = fixChecksums(damageFile(bytes, rng));
      if (!forged) continue;
      const found = await tryAnswers(forged, i++ % 4 === 3);
      if (!found) continue;
      answered++;
      for (const hits of found) {
        expect(hits.length, `mutation ${i}`).toBeLessThanOrEqual(k);
        expect(new Set(hits.map(({ id }) => id)).size, `mutation ${i}`).toBe(hits.length);
        for (const { id, score } of hits) expect([typeof id, typeof score]).toEqual(['string', 'number']);
      }
    }
    expect(answered).toBeGreaterThan(0);
    // Far above what it takes: only a hang gets here.
    expect(slowest).toBeLessThan(10_000);
    if (mutations > 1000) console.info(`${share} forged, ${answered} answered, slowest ${Math.round(slowest)} ms`);
  });
});
