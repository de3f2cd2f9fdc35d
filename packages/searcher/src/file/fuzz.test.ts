import { createRng, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { damageFile, fixChecksums } from '../../test/damage-file.js';
import { sampleSnapshot } from '../../test/sample-snapshot.js';
import { watchAllocations } from '../../test/watch-allocations.js';
import { bytesAccess } from './random-access.js';
import { openStoredIndex, snapshotPieces } from './snapshot-file.js';
import { joinPieces } from './write-container.js';

const environment = typeof process === 'undefined' ? {} : process.env;
/** `NEARKIN_MUTATIONS=20000` for the long run. */
const inBrowser = typeof document !== 'undefined';
const mutations = Number(environment['NEARKIN_MUTATIONS'] ?? (inBrowser ? 100 : 400));
const seed = Number(environment['NEARKIN_SEED'] ?? 1);

const small = joinPieces(snapshotPieces(sampleSnapshot({ count: 5, dim: 4 })));
const large = joinPieces(snapshotPieces(sampleSnapshot({ count: 2000, dim: 32, partitions: 12 })));

/** Everything that can be read from a file, in a form that can be compared. */
async function answer(bytes: Uint8Array): Promise<string> {
  const stored = await openStoredIndex(bytesAccess(bytes));
  const { header, sections, ...texts } = await stored.readSnapshot();
  const some = await stored.texts.readRows(header.count > 0 ? [0, header.count - 1] : []);
  const content = [...sections].map(([name, part]) => [name, part.length, part.reduce((a, b) => (a * 31 + b) | 0, 0)]);
  return JSON.stringify([header, content, texts, some]);
}

/** The answer, or undefined for a typed error; anything else fails. */
async function tryAnswer(bytes: Uint8Array): Promise<string | undefined> {
  const started = performance.now();
  const { result, largest } = await watchAllocations(() =>
    answer(bytes).catch((error: unknown) => {
      if (error instanceof NearkinError) return undefined;
      throw error;
    }),
  );
  expect(largest).toBeLessThanOrEqual(Math.max(4 * bytes.length, 65_536));
  // Far above what it takes: only a hang gets here.
  expect(performance.now() - started).toBeLessThan(10_000);
  return result;
}

describe('a damaged index file', { timeout: 3_600_000 }, () => {
  it('is refused after every cut', async () => {
    for (let length = 0; length < small.length; length++)
      expect(await tryAnswer(small.slice(0, length))).toBeUndefined();
  });

  it('is refused, or gives the same answer, after every flipped bit', async () => {
    const whole = await tryAnswer(small);
    let same = 0;
    // Every bit in Node; in browsers one of each byte.
    for (let bit = 0; bit < small.length * 8; bit += inBrowser ? 9 : 1) {
      const damaged = small.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const found = await tryAnswer(damaged);
      expect(found === undefined || found === whole, `bit ${bit}`).toBe(true);
      if (found !== undefined) same++;
    }
    // Only padding may change unnoticed.
    expect(same).toBeLessThan(small.length * 8 * 0.2);
  });

  it(`is refused, or gives the same answer, after ${mutations} kinds of damage`, async () => {
    const rng = createRng(seed);
    const whole = await tryAnswer(large);
    let refused = 0;
    for (let i = 0; i < mutations / 2; i++) {
      const found = await tryAnswer(damageFile(large, rng));
      expect(found === undefined || found === whole, `mutation ${i}`).toBe(true);
      if (found === undefined) refused++;
    }
    expect(refused).toBeGreaterThan(mutations / 4);
  });

  it('is refused, or read as what it says, when its checksums are right', async () => {
    const rng = createRng(seed + 1);
    let read = 0;
    let refused = 0;
    for (let i = 0; i < mutations / 2; ) {
      const forged = fixChecksums(damageFile(large, rng));
      if (!forged) continue;
      i++;
      if ((await tryAnswer(forged)) === undefined) refused++;
      else read++;
    }
    // Both happen: the checksums really are right, and are not all that is looked at.
    expect(read).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});
