import { createRng, createVectors, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { watchAllocations } from '../../../searcher/test/watch-allocations.js';
import { mutationPlan, mutationTimeout } from '../../test/mutation-plan.js';
import { maskedChecksum } from '../leveldb/table-format.js';
import { compatSearch } from './compat-search.js';
import { readSearcherIndex } from './read-searcher-index.js';
import { galleryOfSearcher } from './searcher-gallery.js';
import { createSearcherIndex, type SearcherIndex } from './searcher-index.js';
import { writeSearcherIndex } from './write-searcher-index.js';

const { mutations, seed } = mutationPlan(2400);
/** Kinds of rows, of compression, and checksums repaired or not: each has its share of the files. */
const share = Math.ceil(mutations / 8);
/** Garbage that reading leaves whatever the file: counters, texts, the room a small buffer starts with. */
const slack = 256 * 1024;

function samples(): [string, SearcherIndex][] {
  const rng = createRng(5);
  const rows = 60;
  const leaves = createVectors(
    Float32Array.from({ length: 4 * 5 }, () => rng.normal()),
    5,
  );
  const common = {
    assignments: Array.from({ length: rows }, (_, row) => row % 4),
    metadata: Array.from({ length: rows }, (_, row) => `a picture of number ${row}`),
    userInfo: 'info',
  };
  const codebook = { widths: [2, 3], codewords: 20, data: Float32Array.from({ length: 100 }, () => rng.normal()) };
  const partitioner = { leaves, searchFraction: 0.5, distance: 'dot' } as const;
  return [
    [
      'vectors',
      createSearcherIndex({
        config: { distance: 'dot', partitioner },
        rows: Float32Array.from({ length: 5 * rows }, () => rng.normal()),
        width: 5,
        ...common,
      }),
    ],
    [
      'codes',
      createSearcherIndex({
        config: { distance: 'dot', indexer: { codebook, distance: 'dot', lookupType: 'int8' }, partitioner },
        rows: Uint8Array.from({ length: 2 * rows }, () => rng.integer(20)),
        width: 2,
        ...common,
      }),
    ],
  ];
}

/** Blocks of a file, found by their checksums. */
function blocksOf(bytes: Uint8Array): { offset: number; size: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: { offset: number; size: number }[] = [];
  for (let offset = 0; offset < bytes.length - 48; ) {
    let size = 8;
    const fits = () =>
      maskedChecksum(bytes.subarray(offset, offset + size + 1)) === view.getUint32(offset + size + 1, true);
    while (offset + size + 5 < bytes.length - 48 && !fits()) size++;
    blocks.push({ offset, size });
    offset += size + 5;
  }
  return blocks;
}

/** Reads, searches and decodes; false where the file is refused. */
async function use(bytes: Uint8Array): Promise<boolean> {
  const before = process.memoryUsage().arrayBuffers;
  const started = performance.now();
  const { result, largest } = await watchAllocations(async () => {
    try {
      const index = readSearcherIndex(bytes);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * bytes.length + slack);
      const dim = index.config.indexer ? index.config.indexer.codebook.widths.reduce((a, b) => a + b, 0) : index.width;
      compatSearch(index, new Float32Array(dim).fill(0.5));
      galleryOfSearcher(index);
      return true;
    } catch (error) {
      if (!(error instanceof NearkinError)) throw error;
      expect(['BAD_FORMAT', 'UNSUPPORTED', 'TOO_LARGE', 'NON_FINITE']).toContain(error.code);
      return error.code === 'NON_FINITE';
    }
  });
  expect(largest).toBeLessThanOrEqual(Math.max(4 * bytes.length, 65_536));
  // Far above what it takes: only a hang gets here.
  expect(performance.now() - started).toBeLessThan(10_000);
  return result;
}

describe(`${mutations} damaged index files are read or refused`, { timeout: mutationTimeout }, () => {
  for (const [kind, index] of samples())
    for (const compression of ['none', 'snappy'] as const)
      for (const repaired of [false, true])
        it(`${kind}, compression ${compression}, checksums ${repaired ? 'made to fit' : 'as they were'}`, async () => {
          const whole = writeSearcherIndex(index, { compression });
          expect(readSearcherIndex(whole)).toEqual(index);
          const blocks = blocksOf(whole);
          expect(blocks.length).toBeGreaterThan(2);
          const rng = createRng(seed);
          let refused = 0;
          for (let i = 0; i < share; i++) {
            const bytes = whole.slice();
            const block = blocks[rng.integer(blocks.length)]!;
            for (let n = 1 + rng.integer(3); n > 0; n--) {
              const at = repaired ? block.offset + rng.integer(block.size + 1) : rng.integer(bytes.length);
              const kind = rng.integer(3);
              if (kind === 0) bytes[at] = rng.integer(256);
              else if (kind === 1) bytes[at]! ^= 1 << rng.integer(8);
              else bytes.copyWithin(at, rng.integer(bytes.length), rng.integer(bytes.length));
            }
            if (repaired) {
              const { offset, size } = block;
              const view = new DataView(bytes.buffer);
              view.setUint32(offset + size + 1, maskedChecksum(bytes.subarray(offset, offset + size + 1)), true);
              bytes.set(whole.subarray(-48), bytes.length - 48);
            }
            const cut = !repaired && rng.integer(20) === 0 ? rng.integer(bytes.length) : bytes.length;
            if (!(await use(bytes.subarray(0, cut)))) refused++;
          }
          expect(refused).toBeGreaterThan(share / 4);
        });
});
