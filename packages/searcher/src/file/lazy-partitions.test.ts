import { describe, expect, it } from 'vitest';
import { sameBytes } from '../../test/same-bytes.js';
import { sampleSnapshot } from '../../test/sample-snapshot.js';
import type { IndexSnapshot } from '../state/snapshot.js';
import { openPartitions, type PartitionParts } from './lazy-partitions.js';
import { bytesAccess } from './random-access.js';
import { openStoredIndex, snapshotPieces } from './snapshot-file.js';
import { joinPieces } from './write-container.js';

const snapshot = sampleSnapshot({ count: 3000, dim: 32, partitions: 7 });
const open = async (from: IndexSnapshot = snapshot) =>
  openPartitions(await openStoredIndex(bytesAccess(joinPieces(snapshotPieces(from)))));
const u32 = (bytes: Uint8Array) => [...new Uint32Array(bytes.slice().buffer)];

describe('lazy partitions', () => {
  it('together are the whole index', async () => {
    const partitions = await open();
    const all = new Map<number, PartitionParts>();
    for (const p of [3, 0, 6, 1, 2, 5, 4]) all.set(p, await partitions.read(p));
    const back = partitions.snapshotOf(all);
    expect(back.header).toEqual(snapshot.header);
    for (const [name, bytes] of snapshot.sections)
      expect([name, sameBytes(back.sections.get(name), bytes)]).toEqual([name, true]);
    expect(back.ids).toEqual(snapshot.ids.map((_, row) => String(row)));
  });

  it('some of them are an index of their rows, in the order of the gallery', async () => {
    const partitions = await open();
    const back = partitions.snapshotOf(
      new Map([
        [5, await partitions.read(5)],
        [2, await partitions.read(2)],
      ]),
    );
    const starts = u32(snapshot.sections.get('partition.offsets')!);
    const rows = u32(snapshot.sections.get('row.ids')!);
    const [two, five] = [2, 5].map((p) => rows.slice(starts[p], starts[p + 1])) as [number[], number[]];
    expect(back.header.count).toBe(two.length + five.length);
    expect(u32(back.sections.get('row.ids')!).map((number) => Number(back.ids[number]))).toEqual([...two, ...five]);
    expect(back.ids.map(Number)).toEqual([...two, ...five].sort((a, b) => a - b));
    const offsets = u32(back.sections.get('partition.offsets')!);
    expect(offsets).toEqual([0, 0, 0, two.length, two.length, two.length, back.header.count, back.header.count]);
    const rowBytes = 32;
    expect(
      sameBytes(
        back.sections.get('rows.int8')!.subarray(0, two.length * rowBytes),
        snapshot.sections.get('rows.int8')!.subarray(starts[2]! * rowBytes, starts[3]! * rowBytes),
      ),
    ).toBe(true);
  });

  it('are ranked by their centroids', async () => {
    const partitions = await open();
    const centroids = new Float32Array(snapshot.sections.get('centroids')!.slice().buffer);
    const query = centroids.slice(32, 64);
    const dot = (p: number) => query.reduce((sum, value, j) => sum + value * centroids[p * 32 + j]!, 0);
    expect(partitions.rank(query).map(({ partition }) => partition)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].sort((a, b) => dot(b) - dot(a)),
    );
  });

  it('are refused when sections and header disagree', async () => {
    const change = (name: string, bytes: Uint8Array): IndexSnapshot => ({
      ...snapshot,
      sections: new Map([...snapshot.sections, [name, bytes]]),
    });
    const starts = Uint32Array.from(u32(snapshot.sections.get('partition.offsets')!));
    for (const [at, value] of [
      [0, 1],
      [3, 3000],
      [7, 2999],
      [7, 4_000_000_000],
    ] as const) {
      const wrong = starts.slice();
      wrong[at] = value;
      await expect(open(change('partition.offsets', new Uint8Array(wrong.buffer)))).rejects.toMatchObject({
        code: 'BAD_FORMAT',
      });
    }
    for (const name of ['codes', 'rows.int8', 'centroids', 'partition.offsets'])
      await expect(open(change(name, new Uint8Array(8)))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  });
});
