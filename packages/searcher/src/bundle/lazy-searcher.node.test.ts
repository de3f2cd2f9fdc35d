import { appendFile, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@nearkin/core';
import { createEncoder, fromFunction } from '@nearkin/embedders';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from '../../test/serve-folder.js';
import { buildSearcher, inspectBundle, openLazySearcher, openSearcher, saveSearcher } from './on-demand.js';

const dim = 64;
const count = 8000;
let root: string;
let folder: string;
let server: Server;
let url: string;

/** A text is a vector of its own, the same each time. */
const text = fromFunction<string>(
  async (batch) =>
    batch.map((words) => {
      const rng = createRng([...words].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 2 ** 31, 7));
      return Array.from({ length: dim }, () => rng.normal());
    }),
  { id: 'texts', dim },
);
const encoder = createEncoder({ text });
const name = (i: number) => `photos/${String(i).padStart(6, '0')}.jpg`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin lazy – ö '));
  folder = join(root, 'bundle');
  const items = Array.from({ length: count }, (_, i) => ({ id: name(i), input: name(i), metadata: { number: i } }));
  const index = { kind: 'partitioned', partitions: 80, reorder: 'float32' } as const;
  using built = await buildSearcher(items, { encoder, batchSize: 1000, index });
  await saveSearcher(built, folder);
  server = createServer(serveFolder(root));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bundle/`;
});
afterAll(async () => {
  await new Promise((done) => server.close(done));
  await rm(root, { recursive: true, force: true });
});

describe('a lazy searcher of a folder, and of a host that answers Range', () => {
  it('reads the partitions it looks at, and finds the same', async () => {
    using whole = await openSearcher(folder, { encoder });
    for (const source of [folder, url]) {
      using lazy = await openLazySearcher(source, { encoder });
      const options = { k: 5, partitionsToSearch: 3, reorder: 40 };
      const first = await lazy.search(name(17), options);
      expect(first).toEqual(await whole.search(name(17), options));
      expect(first[0]).toMatchObject({ id: name(17), metadata: { number: 17 } });
      const { fetchedBytes, fileBytes } = lazy.traffic();
      expect(fetchedBytes).toBeLessThan(fileBytes / 2);
      // A row that was found, one that was not, and both with words.
      for (const query of [{ like: name(17) }, { like: name(4321) }, { text: name(5), like: [name(17), name(99)] }])
        expect(await lazy.search(query, options)).toEqual(await whole.search(query, options));
    }
  });

  it('holds all of the index, once most of it was looked at', async () => {
    using whole = await openSearcher(folder, { encoder });
    using lazy = await openLazySearcher(folder, { encoder });
    const options = { k: 5, partitionsToSearch: 9, reorder: 40 };
    for (let i = 0; i < 30; i++)
      expect(await lazy.search(name(i * 200), options)).toEqual(await whole.search(name(i * 200), options));
    const all = { k: 3, partitionsToSearch: 80 };
    expect(await lazy.search(name(1), all)).toEqual(await whole.search(name(1), all));
    expect(await lazy.search({ like: name(4321) }, all)).toEqual(await whole.search({ like: name(4321) }, all));
    expect(lazy.traffic().fetchedBytes).toBeLessThanOrEqual(2 * lazy.traffic().fileBytes);
  });

  it('notices a file of another length', async () => {
    const index = join(folder, (await readdir(folder)).find((one) => one.startsWith('index-'))!);
    await appendFile(index, 'x');
    try {
      await expect(openLazySearcher(folder, { encoder })).rejects.toMatchObject({ code: 'BAD_FORMAT' });
      expect((await inspectBundle(folder)).intact).toBe(false);
    } finally {
      await truncate(index, (await import('node:fs')).statSync(index).size - 1);
    }
  });
});

describe('inspectBundle', () => {
  it('says what is in a bundle, and what is damaged', async () => {
    const report = await inspectBundle(folder);
    expect(report).toMatchObject({
      version: 1,
      dim,
      modelId: encoder.id,
      encoder: null,
      thumbnails: undefined,
      userinfo: null,
      intact: true,
      index: { index: { kind: 'partitioned', count }, intact: true },
    });
    expect(report.files).toEqual([{ name: expect.stringMatching(/^index-/), bytes: expect.any(Number), intact: true }]);
    await writeFile(join(root, 'search.json'), '{}');
    await expect(inspectBundle(root)).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  });
});
