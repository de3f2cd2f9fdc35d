import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Picture } from '@nearkin/core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAlbums, readImages } from './read-albums.node.js';

let root: string;
let dot: Buffer;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin-albums-'));
  dot = await sharp({ create: { width: 3, height: 2, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();
});
afterEach(() => rm(root, { recursive: true }));

const lay = async (...files: string[]) => {
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), dot);
  }
};
const collect = async <T>(items: AsyncIterable<T>) => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

describe('readAlbums', () => {
  it('labels pictures by the first folder, sorted, and decodes them when asked', async () => {
    await lay('b/2.png', 'b/1.JPG', 'a/deep/er/x.png', '__proto__/p.png', 'Köln 東京/ü.png', 'constructor/c.png');
    await lay('b/notes.txt', 'b/.hidden.png', '.git/x.png', 'b/.cache/y.png', 'beside.png');
    const items = await collect(readAlbums(root));
    expect(items.map(({ id, label }) => [id, label])).toEqual([
      ['Köln 東京/ü.png', 'Köln 東京'],
      ['__proto__/p.png', '__proto__'],
      ['a/deep/er/x.png', 'a'],
      ['b/1.JPG', 'b'],
      ['b/2.png', 'b'],
      ['constructor/c.png', 'constructor'],
    ]);
    const picture = await (items[0]!.input as () => Promise<Picture>)();
    expect([picture.width, picture.height, ...picture.data.slice(0, 3)]).toEqual([3, 2, 255, 0, 0]);
  });

  it('gives paths to those who read files themselves', async () => {
    await lay('a/x.png');
    expect((await collect(readAlbums(root, { decode: false })))[0]!.input).toBe(join(root, 'a', 'x.png'));
  });

  it('names albums without pictures', async () => {
    await lay('full/x.png');
    await mkdir(join(root, 'void'));
    await expect(collect(readAlbums(root))).rejects.toMatchObject({
      code: 'EMPTY_ALBUM',
      message: expect.stringContaining('void'),
    });
    await rm(join(root, 'void'), { recursive: true });
    await rm(join(root, 'full'), { recursive: true });
    await lay('beside.png');
    await expect(collect(readAlbums(root))).rejects.toMatchObject({
      code: 'EMPTY_ALBUM',
      message: expect.stringContaining('1 pictures beside'),
    });
    await expect(collect(readAlbums(join(root, 'nowhere')))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(collect(readAlbums(join(root, 'beside.png')))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('follows links to files inside, not out of the folder and not in circles', async () => {
    await lay('albums/a/x.png', 'outside/secret.png');
    await symlink(join(root, 'albums/a/x.png'), join(root, 'albums/a/y.png'));
    await symlink(join(root, 'outside/secret.png'), join(root, 'albums/a/z.png'));
    await symlink(join(root, 'albums'), join(root, 'albums/a/loop'));
    await symlink(join(root, 'outside'), join(root, 'albums/b'));
    await symlink(join(root, 'nothing.png'), join(root, 'albums/a/dangling.png'));
    const items = await collect(readAlbums(join(root, 'albums')));
    expect(items.map(({ id }) => id)).toEqual(['a/x.png', 'a/y.png']);
  });

  it('stops when told', async () => {
    await lay('a/x.png');
    await expect(collect(readAlbums(root, { signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('readImages', () => {
  it('lists all pictures below, without labels', async () => {
    await lay('z.png', 'a/x.webp', 'a/b/y.gif');
    const items = await collect(readImages(root));
    expect(items.map(({ id, label }) => [id, label])).toEqual([
      ['a/b/y.gif', undefined],
      ['a/x.webp', undefined],
      ['z.png', undefined],
    ]);
  });

  it('names a folder without any', async () => {
    await expect(collect(readImages(root))).rejects.toMatchObject({ code: 'EMPTY_ALBUM' });
  });
});
