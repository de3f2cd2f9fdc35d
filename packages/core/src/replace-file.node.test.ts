import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile } from './bundle-host.node.js';

describe('replaceFile', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nearkin-replace-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes pieces one after the other, and keeps the old file when a piece cannot be made', async () => {
    const path = join(folder, 'file');
    await replaceFile(path, [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)]);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    const failing = function* () {
      yield Uint8Array.of(9);
      throw new Error('no more');
    };
    await expect(replaceFile(path, failing())).rejects.toMatchObject({ code: 'IO_ERROR' });
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(['file']);
  });
});
