import '@tensorflow/tfjs-backend-cpu';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NearkinError } from '@nearkin/core';
import { createEncoder, type ImageInput } from '@nearkin/embedders';
import { setBackend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encoderOfWords, items, smallSearcher, thumbnailOf } from '../../test/small-searcher.js';
import { buildSearcher, openSearcher, saveSearcher } from './on-demand.js';

let root: string;
const at = (name: string) => join(root, name);
beforeAll(async () => {
  await setBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'nearkin bundle '));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a bundle on disk', () => {
  it('is replaced as a whole, and leaves nothing of the old one', async () => {
    const searcher = await smallSearcher();
    await saveSearcher(searcher, at('photos'));
    const before = await readdir(at('photos'));
    await saveSearcher(await smallSearcher(12), at('photos'));
    const after = await readdir(at('photos'));
    expect(after.filter((name) => name.startsWith('index-'))).toHaveLength(1);
    expect(after).toHaveLength(before.length);
    using opened = await openSearcher(at('photos'));
    expect(opened.index.count).toBe(12);
    using named = await openSearcher(at('photos/search.json'));
    expect(await named.search('cat')).toEqual(await opened.search('cat'));
  });

  it('says what is wrong with a folder of something else', async () => {
    await expect(openSearcher(at('nowhere'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await mkdir(at('other'));
    await writeFile(join(at('other'), 'search.json'), '{"format":"else"}');
    await expect(openSearcher(at('other'))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  });
});

describe('a journal', () => {
  const journal = () => at('photos.journal');

  /** Builds, and breaks off like a process that is killed after so many items were embedded. */
  async function build(options: { dieAt?: number; stamp?: string; encoder?: ReturnType<typeof encoderOfWords> } = {}) {
    const { dieAt, stamp = 'first', encoder = encoderOfWords() } = options;
    const looked: string[] = [];
    const image = encoder.image;
    const watched = createEncoder({
      image: Object.freeze({
        ...image,
        async embed(batch: readonly ImageInput[]) {
          if (dieAt !== undefined && looked.length >= dieAt) throw new NearkinError('ABORTED', 'Killed.');
          looked.push(...batch.map(String));
          return image.embed(batch);
        },
      }),
      text: encoder.text,
    });
    const list = items(30).map((item) => ({ ...item, stamp: item.id === 'pictures/4.png' ? stamp : 'same' }));
    const searcher = await buildSearcher<ImageInput>(list, {
      encoder: watched,
      batchSize: 8,
      journal: journal(),
      thumbnail: thumbnailOf,
    }).catch((error: NearkinError) => error);
    return { searcher, looked: looked.length };
  }

  it('lets a build go on where it was, and loses at most one batch', async () => {
    const first = await build({ dieAt: 17 });
    expect(first.searcher).toMatchObject({ code: 'ABORTED' });
    expect(await readdir(journal())).toHaveLength(2);
    // A file that was cut off by the kill counts as one that is not there.
    const second = (await readdir(journal())).sort()[1]!;
    await writeFile(join(journal(), second), (await readFile(join(journal(), second))).subarray(0, 100));
    const again = await build();
    if (again.searcher instanceof NearkinError) throw again.searcher;
    expect(again.searcher.report).toMatchObject({ rows: 30, resumed: 8, skipped: [] });
    expect(again.looked).toBe(22);

    const whole = await smallSearcher();
    expect(await again.searcher.search('cat', { k: 30 })).toEqual(await whole.search('cat', { k: 30 }));
    expect(new TextDecoder().decode(await again.searcher.thumbnail('pictures/2.png'))).toBe('small pictures/2.png');
    await saveSearcher(again.searcher, at('resumed'));
    await expect(readdir(journal())).rejects.toThrow('ENOENT');
  });

  it('embeds what has changed since, and everything for another encoder', async () => {
    await build();
    expect((await build()).looked).toBe(0);
    expect((await build({ stamp: 'second' })).looked).toBe(1);
    const { smallDualEncoder } = await import('../../../embedders/test/small-encoders.js');
    expect((await build({ encoder: smallDualEncoder({ seed: 9 }) })).looked).toBe(30);
    expect((await build()).looked).toBe(30);
  });

  it('leaves a folder alone that holds something else', async () => {
    await writeFile(join(journal(), 'mine.txt'), 'mine');
    const { searcher } = await build();
    if (searcher instanceof NearkinError) throw searcher;
    await saveSearcher(searcher, at('resumed'));
    expect(await readdir(journal())).toEqual(['mine.txt']);
  });
});
