import { NearkinError, readSafetensors } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { sameBytes } from '../../test/same-bytes.js';
import { sampleSnapshot } from '../../test/sample-snapshot.js';
import { sealHeader } from './container-format.js';
import { blobAccess, bytesAccess } from './random-access.js';
import { openStoredIndex, snapshotPieces } from './snapshot-file.js';
import { joinPieces } from './write-container.js';

const small = sampleSnapshot();
const large = sampleSnapshot({ count: 5000, dim: 32, partitions: 12 });
const bytesOf = (snapshot = small) => joinPieces(snapshotPieces(snapshot));
const open = (bytes: Uint8Array, options = {}) => openStoredIndex(bytesAccess(bytes), options);

/** Changes the header's text, keeping its length and its checksum right. */
function editHeader(bytes: Uint8Array, change: (json: string) => string): Uint8Array {
  const out = bytes.slice();
  const size = 8 + Number(new DataView(out.buffer).getBigUint64(0, true));
  const json = new TextDecoder().decode(out.subarray(8, size));
  const changed = change(json);
  expect(changed).not.toBe(json);
  out.fill(0x20, 8, size);
  out.set(new TextEncoder().encode(changed.trimEnd()), 8);
  sealHeader(out.subarray(0, size));
  return out;
}

describe('snapshot file', () => {
  it('gives back what was written', async () => {
    for (const snapshot of [
      small,
      large,
      sampleSnapshot({ count: 0 }),
      { ...small, labels: undefined, metadata: undefined },
    ]) {
      const stored = await open(bytesOf(snapshot));
      const back = await stored.readSnapshot();
      expect(back.header).toEqual(snapshot.header);
      expect([...back.sections.keys()].sort()).toEqual([...snapshot.sections.keys()].sort());
      for (const [name, bytes] of snapshot.sections) expect(sameBytes(back.sections.get(name), bytes)).toBe(true);
      expect(back.ids).toEqual(snapshot.ids);
      // No labels at all are not written.
      expect(back.labels ?? []).toEqual(snapshot.labels ?? []);
      expect(back.metadata).toEqual(snapshot.metadata);
      expect(stored.generation).toBe(0);
    }
  });

  it('is the same bytes for the same index', () => {
    expect(sameBytes(bytesOf(large), bytesOf(sampleSnapshot({ count: 5000, dim: 32, partitions: 12 })))).toBe(true);
  });

  it('is a safetensors file without holes, its sections aligned', () => {
    const bytes = bytesOf(large);
    const { tensors, metadata } = readSafetensors(bytes);
    expect(metadata.get('format')).toBe('nearkin-index');
    expect(JSON.parse(metadata.get('index')!)).toEqual(large.header);
    for (const [name, { bytes: part }] of tensors) {
      if (name.startsWith('padding.')) expect(part.every((byte) => byte === 0)).toBe(true);
      else expect([name, part.byteOffset % (part.length > 16_384 ? 4096 : 64)]).toEqual([name, 0]);
    }
    expect(tensors.get('centroids')).toMatchObject({ dtype: 'F32', shape: [12 * 32] });
    expect(sameBytes(tensors.get('rows.int8')!.bytes, large.sections.get('rows.int8'))).toBe(true);
  });

  it('opens from bytes at any place of a buffer and from a Blob', async () => {
    const bytes = bytesOf(large);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect((await (await open(shifted.subarray(3))).readSnapshot()).ids).toEqual(large.ids);
    const blob = await openStoredIndex(blobAccess(new Blob([bytes as Uint8Array<ArrayBuffer>])));
    expect(sameBytes((await blob.readSnapshot()).sections.get('codes'), large.sections.get('codes'))).toBe(true);
  });

  it('reads pieces of sections and texts of rows, whatever the cache holds', async () => {
    for (const cacheBytes of [0, 20_000, undefined]) {
      const { sections, texts } = await open(bytesOf(large), { cacheBytes });
      const whole = large.sections.get('rows.int8')!;
      for (const [offset, length] of [
        [0, 1],
        [16_383, 2],
        [16_384, 16_384],
        [5, 60_000],
        [0, whole.length],
        [whole.length, 0],
        [whole.length - 1, 1],
      ] as const)
        expect(
          sameBytes(await sections.read('rows.int8', { offset, length }), whole.subarray(offset, offset + length)),
        ).toBe(true);
      const rows = [4999, 0, 64, 3, 3];
      expect(await texts.readRows(rows)).toEqual({
        ids: rows.map((row) => large.ids[row]),
        labels: rows.map((row) => large.labels![row]),
        metadata: rows.map((row) => large.metadata![row]),
      });
      await expect(sections.read('rows.int8', { offset: 1, length: whole.length })).rejects.toMatchObject({
        code: 'BAD_FORMAT',
      });
      await expect(sections.read('nothing')).rejects.toMatchObject({ code: 'BAD_FORMAT' });
      await expect(texts.readRows([5000])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
  });

  it('finds damage in the chunk that is read, and only there', async () => {
    const bytes = bytesOf(large);
    const { container } = await open(bytes);
    bytes[container.spans.get('rows.int8')!.start + 20_000]! ^= 4;
    const { sections } = await open(bytes);
    expect(await sections.read('rows.int8', { offset: 0, length: 16_384 })).toHaveLength(16_384);
    await expect(sections.read('rows.int8', { offset: 30_000, length: 1 })).rejects.toMatchObject({
      code: 'BAD_FORMAT',
    });
    await expect(sections.read('rows.int8')).rejects.toThrow('rows.int8 does not match its checksum');
  });

  it('names a newer version, another format, another model, another length', async () => {
    const bytes = bytesOf();
    const version = (to: string) => editHeader(bytes, (json) => json.replace('"version":"1"', `"version":"${to}"`));
    await expect(open(version('2'))).rejects.toMatchObject({ code: 'UNSUPPORTED_VERSION' });
    await expect(open(version('x'))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    const format = editHeader(bytes, (json) => json.replace('nearkin-index', 'nearkin-xndei'));
    await expect(open(format)).rejects.toThrow('expected the format nearkin-index');
    await expect(open(bytes, { modelId: 'model-b' })).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      details: { expected: 'model-b', received: 'model-a' },
    });
    await expect(open(bytes, { modelId: 'model-a' })).resolves.toBeDefined();
    const length = editHeader(bytes, (json) => json.replace(/"fileBytes":"0/, '"fileBytes":"1'));
    await expect(open(length)).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    await expect(open(new TextEncoder().encode('<!doctype html><p>not found'))).rejects.toThrow('another kind of file');
  });

  it('refuses header values that would make it allocate or loop', async () => {
    for (const count of [10 ** 9, 2 ** 53, -1, 0.5]) {
      const bytes = bytesOf({ ...small, header: { ...small.header, count } });
      await expect(open(bytes).then((stored) => stored.readSnapshot())).rejects.toBeInstanceOf(NearkinError);
    }
  });

  it('can be cancelled', async () => {
    const blob = blobAccess(new Blob([bytesOf(large) as Uint8Array<ArrayBuffer>]));
    await expect(openStoredIndex(blob, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
