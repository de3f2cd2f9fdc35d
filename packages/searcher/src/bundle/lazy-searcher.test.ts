import '@tensorflow/tfjs-backend-cpu';
import { type Bundle, openBundle } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallDualEncoder } from '../../../embedders/test/small-encoders.js';
import { encoderOfWords, items, smallSearcher, someQueries, thumbnailOf } from '../../test/small-searcher.js';
import { type BundleSearcher, buildSearcher, openLazySearcher, openSearcher, searcherFiles } from '../index.js';

let files: Map<string, Uint8Array>;
let whole: BundleSearcher<ImageInput>;
beforeAll(async () => {
  await setBackend('cpu');
  const built = await buildSearcher<ImageInput>(items(60), {
    encoder: encoderOfWords(),
    thumbnail: thumbnailOf,
    userinfo: { made: 'by a test' },
    index: { kind: 'partitioned', partitions: 6, targetRecall: 0.95, reorder: 'float32' },
  });
  files = await searcherFiles(built);
  whole = await openSearcher<ImageInput>(files);
});

describe('a lazy searcher', () => {
  it('answers as the whole one does, to queries of every kind', async () => {
    using lazy = await openLazySearcher<ImageInput>(files);
    expect(lazy.header.count).toBe(60);
    expect(lazy.userinfo).toEqual({ made: 'by a test' });
    for (const query of someQueries()) {
      const options = { k: 5, partitionsToSearch: 2, reorder: 20 };
      expect(await lazy.search(query, options)).toEqual(await whole.search(query, options));
      expect(await lazy.embed(query)).toEqual(await whole.embed(query));
    }
    expect(new TextDecoder().decode(await lazy.thumbnail('pictures/2.png'))).toBe('small pictures/2.png');
    const [best] = await lazy.search('cat', { k: 60, minScore: 0.9 });
    expect(await lazy.search('cat', { k: 60, minScore: best ? best.score : 0.9 })).toHaveLength(best ? 1 : 0);
  });

  it('of an index without partitions, too', async () => {
    const small = await searcherFiles(await smallSearcher(7));
    using opened = await openSearcher<ImageInput>(small);
    using lazy = await openLazySearcher<ImageInput>(small);
    for (const query of ['cat', { like: 'pictures/3.png' }])
      expect(await lazy.search(query, { k: 9 })).toEqual(await opened.search(query, { k: 9 }));
  });

  it('says what it does not know and cannot do', async () => {
    using lazy = await openLazySearcher<ImageInput>(files);
    await expect(lazy.search({ like: 'nobody' })).rejects.toMatchObject({ code: 'UNKNOWN_ID' });
    await expect(lazy.search(' ')).rejects.toMatchObject({ code: 'BAD_TEXT' });
    await expect(lazy.search('')).rejects.toMatchObject({ code: 'BAD_TEXT' });
    await expect(lazy.search('cat', { k: -1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(lazy.search('cat', { minScore: Number.NaN })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const filtered = { filter: { labels: ['even'] } } as object;
    await expect(lazy.search('cat', filtered)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(lazy.search('cat', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    lazy.dispose();
    await expect(lazy.search('cat')).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('refuses an encoder that is not the index’s, and a file that was cut off', async () => {
    const encoder = smallDualEncoder({ seed: 9 });
    await expect(openLazySearcher<ImageInput>(files, { encoder })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
    const name = [...files.keys()].find((one) => one.startsWith('index-'))!;
    const cut = new Map(files).set(name, files.get(name)!.slice(0, -9));
    await expect(openLazySearcher(cut)).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    await expect(openLazySearcher(new Map())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('takes a bundle whose files have no addresses, and disposes only what it opened', async () => {
    const { bundle } = await openBundle(files);
    const plain: Bundle = { location: 'elsewhere', read: bundle.read };
    const encoder = encoderOfWords();
    const lazy = await openLazySearcher<ImageInput>(plain, { encoder });
    expect(await lazy.search('cat', { k: 1 })).toHaveLength(1);
    lazy.dispose();
    expect((await encoder.text.embed(['cat'])).dim).toBe(encoder.dim);
  });
});
