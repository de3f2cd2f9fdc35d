import { describe, expect, it } from 'vitest';
import { sampleSnapshot } from '../../test/sample-snapshot.js';
import { inspectFile } from './inspect-file.js';
import { snapshotPieces } from './snapshot-file.js';
import { joinPieces } from './write-container.js';

const snapshot = sampleSnapshot({ count: 5000, dim: 32, partitions: 12 });
const bytes = joinPieces(snapshotPieces(snapshot, { generation: 4 }));

describe('inspectFile', () => {
  it('says what the file holds', async () => {
    const report = await inspectFile(bytes);
    expect(report).toMatchObject({ version: 1, generation: 4, fileBytes: bytes.length, intact: true });
    expect(report.index).toEqual(snapshot.header);
    const sizes = new Map(report.sections.map(({ name, bytes: size }) => [name, size]));
    for (const [name, part] of snapshot.sections) expect(sizes.get(name)).toBe(part.length);
    expect([...sizes.keys()].filter((name) => !snapshot.sections.has(name)).sort()).toEqual([
      'ids.blocks',
      'ids.short',
      'labels.blocks',
      'labels.rows',
      'labels.text',
      'metadata.blocks',
      'metadata.text',
    ]);
  });

  it('names the sections that are damaged, and looks at none when told so', async () => {
    const damaged = bytes.slice();
    damaged[bytes.length - 1]! ^= 1;
    const report = await inspectFile(damaged);
    expect(report.intact).toBe(false);
    expect(report.sections.filter(({ intact }) => !intact)).toHaveLength(1);
    expect((await inspectFile(damaged, { check: false })).intact).toBe(true);
  });

  it('throws where the header itself is damaged', async () => {
    const damaged = bytes.slice();
    damaged[100]! ^= 1;
    await expect(inspectFile(damaged)).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  });
});
