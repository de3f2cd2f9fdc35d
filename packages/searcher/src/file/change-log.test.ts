import { NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { numberedGallery } from '../../test/stand-in-engine.js';
import { encodeFrame, encodeLogHeader, type LogBase, readLog } from './change-log.js';
import { decodeChange, encodeChange, type IndexChange } from './index-change.js';
import { bytesAccess } from './random-access.js';
import { joinPieces } from './write-container.js';

const base: LogBase = { checksum: '89abcdef', bytes: 12_345_678_901, generation: 3 };
const changes: IndexChange[] = [
  { kind: 'add', gallery: numberedGallery([1, 2]) },
  { kind: 'remove', ids: ['row 1', 'où'] },
  { kind: 'upsert', gallery: numberedGallery([2]) },
];
const frames = changes.map((change, i) => encodeFrame(encodeChange(change), i + 1));
const log = joinPieces([encodeLogHeader(base), ...frames]);
const starts = frames.map((_, i) => frames.slice(0, i).reduce((at, { length }) => at + length, 40));

async function read(bytes: Uint8Array, of: LogBase = base): Promise<IndexChange[]> {
  const out: IndexChange[] = [];
  for await (const { payload } of readLog(bytesAccess(bytes), of)) out.push(decodeChange(payload));
  return out;
}

describe('change log', () => {
  it('reads what it wrote', async () => {
    expect(await read(log)).toEqual(changes);
    expect(await read(log.subarray(0, 40))).toEqual([]);
  });

  it('gives nothing for another state of the file', async () => {
    for (const other of [
      { ...base, checksum: '89abcdee' },
      { ...base, bytes: base.bytes + 1 },
      { ...base, generation: 4 },
    ])
      expect(await read(log, other)).toEqual([]);
  });

  it('drops an unfinished frame at the end, whatever is left of it', async () => {
    for (let length = 40; length < log.length; length++) {
      const whole = starts.filter((start, i) => start + frames[i]!.length <= length).length;
      expect(await read(log.subarray(0, length))).toHaveLength(whole);
    }
    // Room that was made before the power went, but not filled.
    const zeros = joinPieces([log, new Uint8Array(500)]);
    expect(await read(zeros)).toEqual(changes);
    const unfilled = log.slice();
    unfilled.fill(0, starts[2]! + 30);
    expect(await read(unfilled)).toEqual(changes.slice(0, 2));
  });

  it('finds every flipped bit', async () => {
    for (let bit = 0; bit < log.length * 8; bit++) {
      const damaged = log.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const error = await read(damaged).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error, `bit ${bit}`).toBeInstanceOf(NearkinError);
    }
  });

  it('finds frames that are missing, doubled or in another order', async () => {
    const [a, b, c] = frames as [Uint8Array, Uint8Array, Uint8Array];
    const header = encodeLogHeader(base);
    for (const order of [
      [b, c],
      [a, c],
      [a, a, b],
      [b, a],
    ])
      await expect(read(joinPieces([header, ...order]))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  });

  it('refuses a cut header and a newer version', async () => {
    for (const length of [0, 1, 39])
      await expect(read(log.subarray(0, length))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  });

  it('refuses changes that are none', () => {
    const text = (kind: number, body: string) => Uint8Array.of(kind, ...new TextEncoder().encode(body));
    for (const bytes of [
      text(0, ''),
      text(4, ''),
      text(3, '{}'),
      text(3, '[1]'),
      text(3, '['),
      text(1, 'x'),
      new Uint8Array(0),
    ])
      expect(() => decodeChange(bytes)).toThrowError(expect.objectContaining({ code: 'BAD_FORMAT' }));
  });
});
