import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cannotMount, mountTinyDisk } from '../../../../testing/tiny-disk.js';
import { numberedGallery, standInEngine, standInSnapshot } from '../../test/stand-in-engine.js';
import { fileHost } from './file-host.node.js';
import { openIndexWriter, replaceIndexFile } from './index-writer.node.js';
import { loadWithLog } from './load-with-log.js';
import { snapshotPieces } from './snapshot-file.js';

const empty = () => snapshotPieces(standInSnapshot([], 3));
const open = (path: string) => openIndexWriter(standInEngine, { address: path });
const read = async (path: string) => {
  const { index } = await loadWithLog(standInEngine, await fileHost.openWithLog(path));
  return [...index.rows.keys()];
};

describe('a lasting index', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nearkin-lasting-'));
    path = join(folder, 'new folder', 'photos.nearkin');
    await replaceIndexFile(path, empty());
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps changes beside the file, folds them in, and leaves nothing else behind', async () => {
    const { writer } = await open(path);
    const before = await readFile(path);
    await writer.change({ kind: 'add', gallery: numberedGallery([1, 2, 3]) });
    await writer.change({ kind: 'remove', ids: ['row 2'] });
    await writer.change({ kind: 'upsert', gallery: numberedGallery([3, 4]) });
    expect(await readFile(path)).toEqual(before);
    expect(await read(path)).toEqual(['row 1', 'row 3', 'row 4']);
    expect(writer.changes()).toBe(3);
    await writer.compact();
    expect(writer.changes()).toBe(0);
    expect(await read(path)).toEqual(['row 1', 'row 3', 'row 4']);
    await writer.change({ kind: 'remove', ids: ['row 1'] });
    await writer.close();
    const again = await open(path);
    expect([...again.index.rows]).toEqual([
      ['row 3', Float32Array.of(30, 31, 32)],
      ['row 4', Float32Array.of(40, 41, 42)],
    ]);
    await again.writer.close();
    expect(await readdir(join(folder, 'new folder'))).toEqual(['photos.nearkin', 'photos.nearkin.log']);
    await replaceIndexFile(path, empty());
    expect(await read(path)).toEqual([]);
    expect(await readdir(join(folder, 'new folder'))).toEqual(['photos.nearkin']);
  });

  it('does not replay a log on a newer file: a crash between the two steps of compacting', async () => {
    const { writer } = await open(path);
    await writer.change({ kind: 'add', gallery: numberedGallery([1]) });
    await copyFile(`${path}.log`, `${path}.kept`);
    await writer.compact();
    await writer.close();
    await copyFile(`${path}.kept`, `${path}.log`);
    expect(await read(path)).toEqual(['row 1']);
    const again = await open(path);
    await again.writer.change({ kind: 'add', gallery: numberedGallery([2]) });
    await again.writer.close();
    expect(await read(path)).toEqual(['row 1', 'row 2']);
  });

  it('has one writer at a time, and any number of readers', async () => {
    const { writer } = await open(path);
    for (const attempt of [() => open(path), () => replaceIndexFile(path, empty())])
      await expect(attempt()).rejects.toMatchObject({ code: 'LOCKED', details: { pid: process.pid } });
    await writer.change({ kind: 'add', gallery: numberedGallery([7]) });
    expect(await Promise.all([read(path), read(path)])).toEqual([['row 7'], ['row 7']]);
    await writer.close();
    await (await open(path)).writer.close();
  });

  it('refuses what the index refuses, and goes on', async () => {
    const { writer, index } = await open(path);
    await writer.change({ kind: 'add', gallery: numberedGallery([1]) });
    const log = await readFile(`${path}.log`);
    await expect(writer.change({ kind: 'add', gallery: numberedGallery([1]) })).rejects.toMatchObject({
      code: 'DUPLICATE_ID',
    });
    expect(await readFile(`${path}.log`)).toEqual(log);
    await writer.change({ kind: 'add', gallery: numberedGallery([2]) });
    expect([...index.rows.keys()]).toEqual(['row 1', 'row 2']);
    expect(await read(path)).toEqual(['row 1', 'row 2']);
    await writer.close();
  });

  it('keeps the order of changes that are made at once', async () => {
    const { writer } = await open(path);
    await Promise.all([
      writer.change({ kind: 'add', gallery: numberedGallery([1]) }),
      writer.compact(),
      writer.change({ kind: 'add', gallery: numberedGallery([2]) }),
      writer.change({ kind: 'remove', ids: ['row 1'] }),
      writer.close(),
    ]);
    expect(await read(path)).toEqual(['row 2']);
  });

  it('drops a torn change at the end and writes over it; refuses a damaged one before it', async () => {
    const { writer } = await open(path);
    await writer.change({ kind: 'add', gallery: numberedGallery([1]) });
    const one = (await readFile(`${path}.log`)).length;
    await writer.change({ kind: 'add', gallery: numberedGallery([2]) });
    await writer.close();
    const log = await readFile(`${path}.log`);
    await writeFile(`${path}.log`, log.subarray(0, log.length - 5));
    expect(await read(path)).toEqual(['row 1']);
    const again = await open(path);
    await again.writer.change({ kind: 'add', gallery: numberedGallery([3]) });
    await again.writer.close();
    expect(await read(path)).toEqual(['row 1', 'row 3']);
    log[one - 10]! ^= 1;
    await writeFile(`${path}.log`, log);
    await expect(read(path)).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    await expect(open(path)).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    await expect(readdir(join(folder, 'new folder'))).resolves.not.toContain('photos.nearkin.lock');
  });

  it('says when the lock was taken away', async () => {
    const { writer } = await open(path);
    await rm(`${path}.lock`);
    const other = await open(path);
    await expect(writer.change({ kind: 'add', gallery: numberedGallery([1]) })).rejects.toMatchObject({
      code: 'LOCKED',
    });
    await writer.close();
    await other.writer.change({ kind: 'add', gallery: numberedGallery([2]) });
    await other.writer.close();
    expect(await read(path)).toEqual(['row 2']);
  });

  it('says what is not there, or not a file', async () => {
    await expect(read(join(folder, 'no.nearkin'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(open(join(folder, 'no.nearkin'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(read(folder)).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    await expect(read('opfs://x')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('a full disk', () => {
  it('leaves every acknowledged change, and takes more once there is room', async ({ skip }) => {
    await using disk = mountTinyDisk('256k');
    if (!disk) return skip(cannotMount);
    const path = join(disk.path, 'photos.nearkin');
    await replaceIndexFile(path, empty());
    const { writer, index } = await open(path);
    const rows = (from: number) => numberedGallery(Array.from({ length: 500 }, (_, i) => from + i));
    let acknowledged = 0;
    for (let from = 0; ; from += 500) {
      const error = await writer.change({ kind: 'add', gallery: rows(from) }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error) {
        expect(error).toMatchObject({ code: 'DISK_FULL' });
        break;
      }
      acknowledged += 500;
    }
    expect(acknowledged).toBeGreaterThan(1000);
    expect(index.rows.size).toBe(acknowledged);
    expect(await read(path)).toHaveLength(acknowledged);
    await disk.fill();
    await expect(writer.compact()).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await read(path)).toHaveLength(acknowledged);
    await disk.empty();
    await writer.change({ kind: 'remove', ids: ['row 0'] });
    await writer.close();
    expect(await read(path)).toHaveLength(acknowledged - 1);
  });
});
