import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cannotMount, mountTinyDisk } from '../../../testing/tiny-disk.js';
import { openBundle, writeBundle } from './bundle.js';
import { replaceFile } from './bundle-host.node.js';

const text = (value: string) => new TextEncoder().encode(value);
const rootFile = (files: string[]) => text(JSON.stringify({ files }));

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'nearkin bundle ')), 'möd el');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a bundle in a folder', () => {
  it('says where a file is, inside it alone', async () => {
    await mkdir(folder, { recursive: true });
    const { bundle } = await openBundle(folder);
    expect(bundle.address?.('w/1.bin')).toBe(join(folder, 'w', '1.bin'));
    const { bundle: remote } = await openBundle('https://example.com/pets/model.json?v=1');
    expect(remote.address?.('w/ä 1.bin')).toBe('https://example.com/pets/w/%C3%A4%201.bin');
    for (const one of [bundle, remote])
      expect(() => one.address?.('../x')).toThrowError(expect.objectContaining({ code: 'UNSAFE_PATH' }));
    expect((await openBundle(new Map())).bundle.address).toBeUndefined();
  });

  it('is written and read back, by path, relative path and URL', async () => {
    await writeBundle(
      folder,
      new Map([
        ['model.json', rootFile(['w/1.bin'])],
        ['w/1.bin', text('one')],
      ]),
      'model.json',
    );
    const sources = [
      folder,
      relative(process.cwd(), folder),
      pathToFileURL(folder),
      `file://${folder.replaceAll(' ', '%20')}`,
      `file://${relative(process.cwd(), folder)}`,
    ];
    for (const source of sources) {
      const { bundle, file } = await openBundle(source);
      expect(file).toBeUndefined();
      expect(await bundle.read('w/1.bin')).toEqual(text('one'));
    }
    const named = await openBundle(join(folder, 'model.json'));
    expect(named.file).toBe('model.json');
    expect(named.bundle.location).toBe(`${folder}/`.replace(/\/$/, ''));
    expect(await readdir(folder)).toEqual(['model.json', 'w']);
  });

  it('drops what only the old root referred to, and nothing of the user', async () => {
    await writeBundle(
      folder,
      new Map([
        ['model.json', rootFile(['a.bin', 'same.bin', '../evil'])],
        ['a.bin', text('a')],
        ['same.bin', text('s')],
      ]),
      'model.json',
    );
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await writeFile(join(folder, '..', 'evil'), 'outside');
    await writeFile(join(folder, '.nearkin-1-left.tmp'), 'left by a writer that died');
    await utimes(join(folder, '.nearkin-1-left.tmp'), 0, 0);
    await writeBundle(
      folder,
      new Map([
        ['model.json', rootFile(['b.bin', 'same.bin'])],
        ['b.bin', text('b')],
        ['same.bin', text('s')],
      ]),
      'model.json',
    );
    expect((await readdir(folder)).sort()).toEqual(['b.bin', 'model.json', 'notes.txt', 'same.bin']);
    expect(await readFile(join(folder, '..', 'evil'), 'utf8')).toBe('outside');
  });

  it('leaves the old bundle whole when a file cannot be written', async () => {
    const old = new Map([
      ['model.json', rootFile(['a.bin'])],
      ['a.bin', text('a')],
    ]);
    await writeBundle(folder, old, 'model.json');
    await mkdir(join(folder, 'b.bin', 'in the way'), { recursive: true });
    const next = new Map([
      ['model.json', rootFile(['b.bin'])],
      ['b.bin', text('b')],
    ]);
    await expect(writeBundle(folder, next, 'model.json')).rejects.toMatchObject({ code: 'IO_ERROR' });
    const { bundle } = await openBundle(folder);
    for (const [name, content] of old) expect(await bundle.read(name)).toEqual(content);
    expect((await readdir(folder)).filter((name) => name.startsWith('.nearkin'))).toEqual([]);
  });

  it('says what is not there, or not a folder', async () => {
    await expect(openBundle(folder)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await replaceFile(folder, text('a file'));
    await expect(openBundle(folder)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('got a file'),
    });
    await expect(openBundle('indexeddb://x')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(writeBundle('indexeddb://x', new Map([['r', text('')]]), 'r')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  it('can be cancelled while reading', async () => {
    await replaceFile(join(folder, 'a'), text('a'));
    const { bundle } = await openBundle(folder);
    await expect(bundle.read('a', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('a full disk', () => {
  it('gives DISK_FULL, and the old bundle stays', async ({ skip }) => {
    await using disk = mountTinyDisk('64k');
    if (!disk) return skip(cannotMount);
    const target = join(disk.path, 'model');
    await writeBundle(
      target,
      new Map([
        ['model.json', rootFile(['a.bin'])],
        ['a.bin', text('a')],
      ]),
      'model.json',
    );
    const big = new Map([
      ['model.json', rootFile(['b.bin'])],
      ['b.bin', new Uint8Array(200_000)],
    ]);
    await expect(writeBundle(target, big, 'model.json')).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect((await readdir(target)).sort()).toEqual(['a.bin', 'model.json']);
    expect(await (await openBundle(target)).bundle.read('model.json')).toEqual(rootFile(['a.bin']));
  });
});

describe('a bundle behind a URL', () => {
  let server: Server;
  let base: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/m/w%201.bin') response.end('one');
      else if (request.url === '/m/broken') response.writeHead(503).end();
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m`;
  });
  afterAll(() => server.close());

  it('is read file by file', async () => {
    const { bundle, file } = await openBundle(`${base}/model.json?v=2`);
    expect(file).toBe('model.json');
    expect(await bundle.read('w 1.bin')).toEqual(text('one'));
    expect(await (await openBundle(new URL(base))).bundle.read('w 1.bin')).toEqual(text('one'));
  });

  it('says what went wrong', async () => {
    const { bundle } = await openBundle(base);
    await expect(bundle.read('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(bundle.read('broken')).rejects.toMatchObject({
      code: 'IO_ERROR',
      message: expect.stringContaining('503'),
    });
    await expect(bundle.read('../x')).rejects.toMatchObject({ code: 'UNSAFE_PATH' });
    await expect(bundle.read('w 1.bin', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    const { bundle: dead } = await openBundle('http://127.0.0.1:1/m');
    await expect(dead.read('x')).rejects.toMatchObject({ code: 'IO_ERROR' });
  });
});
