import '@tensorflow/tfjs-backend-cpu';
import { createVectors, l2Normalize, NearkinError, vectorAt } from '@nearkin/core';
import { createEncoder, fromFunction, type ImageInput } from '@nearkin/embedders';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallDualEncoder } from '../../../embedders/test/small-encoders.js';
import { randomPicture } from '../../../embedders/test/small-models.js';
import { encoderOfWords, items, smallSearcher, someQueries, thumbnailOf } from '../../test/small-searcher.js';
import type { BundleSearcher } from './bundle-searcher.js';
import { checkedName } from './checked-name.js';
import { buildSearcher, openSearcher, searcherFiles } from './on-demand.js';

let searcher: BundleSearcher<ImageInput>;
let files: Map<string, Uint8Array>;

beforeAll(async () => {
  await setBackend('cpu');
  searcher = await smallSearcher();
  files = await searcherFiles(searcher);
});

const unit = (data: Float32Array) => l2Normalize(createVectors(data, data.length)).data;
const named = (start: string, from = files) => [...from.keys()].find((name) => name.startsWith(start))!;
const editRoot = (change: (root: Record<string, unknown>) => void): Map<string, Uint8Array> => {
  const root = JSON.parse(new TextDecoder().decode(files.get('search.json')!));
  change(root);
  return new Map(files).set('search.json', new TextEncoder().encode(JSON.stringify(root)));
};

describe('a search bundle', () => {
  it('answers every kind of query as the searcher did that was saved', async () => {
    using opened = await openSearcher<ImageInput>(files);
    expect(opened.userinfo).toEqual({ made: 'by a test' });
    for (const query of someQueries())
      expect(await opened.search(query, { k: 7 })).toEqual(await searcher.search(query, { k: 7 }));
  });

  it('is the same folder when it is saved again', async () => {
    using opened = await openSearcher<ImageInput>(files);
    const again = await searcherFiles(opened);
    expect([...again.keys()].sort()).toEqual([...files.keys()].sort());
    expect(again.get('search.json')).toEqual(files.get('search.json'));
  });

  it('keeps labels, metadata and thumbnails with the rows', async () => {
    using opened = await openSearcher<ImageInput>(files);
    const [hit] = await opened.search({ like: 'pictures/3.png' }, { k: 1, filter: { labels: ['odd'] } });
    expect(hit!.label).toBe('odd');
    const { number } = hit!.metadata as { number: number };
    expect(hit!.id).toBe(`pictures/${number}.png`);
    expect(new TextDecoder().decode(await opened.thumbnail(hit!.id))).toBe(`small ${hit!.id}`);
    expect(await opened.thumbnail('nobody')).toBeUndefined();
    expect(await opened.checkThumbnails()).toEqual({ present: 30, missing: [] });
  });
});

describe('searching', () => {
  /** Scores of all rows by the formula, in plain arithmetic. */
  async function expected(query: Float32Array): Promise<[string, number][]> {
    const all = items(30);
    const rows = await searcher.encoder.image!.embed(all.map(({ input }) => input));
    const scores = all.map(({ id }, row): [string, number] => {
      const vector = unit(vectorAt(rows, row));
      return [id, vector.reduce((sum, value, j) => sum + value * query[j]!, 0)];
    });
    return scores.sort((a, b) => b[1] - a[1]);
  }
  const textVector = async (text: string) => unit((await searcher.encoder.text!.embed([text])).data);
  const combine = (terms: [Float32Array, number][]) =>
    unit(
      Float32Array.from({ length: 4 }, (_, j) => terms.reduce((sum, [vector, weight]) => sum + weight * vector[j]!, 0)),
    );
  const expectHits = async (hits: readonly { id: string; score: number }[], wanted: [string, number][]) => {
    hits.forEach(({ score }, i) => {
      expect(score).toBeCloseTo(wanted[i]![1], 5);
    });
    expect(hits.map(({ id }) => id)).toEqual(wanted.slice(0, hits.length).map(([id]) => id));
  };

  it('finds by words, and in other scripts', async () => {
    for (const text of ['a red apple', 'кошка', '猫'])
      await expectHits(await searcher.search(text, { k: 5 }), await expected(await textVector(text)));
  });

  it('adds words and a picture up by their weights', async () => {
    const picture = randomPicture(77);
    const image = unit((await searcher.encoder.image!.embed([picture])).data);
    const text = await textVector('cat');
    await expectHits(await searcher.search({ image: picture }), await expected(image));
    const both = await searcher.search({ text: 'cat', image: picture, weights: { text: 2, image: 0.5 } });
    await expectHits(
      both,
      await expected(
        combine([
          [text, 2],
          [image, 0.5],
        ]),
      ),
    );
  });

  it('takes away what it is not', async () => {
    const [dog, drawing, photo] = await Promise.all(['dog', 'drawing', 'photo'].map(textVector));
    const query = { text: 'dog', not: ['drawing', 'photo'] };
    await expectHits(
      await searcher.search(query),
      await expected(
        combine([
          [dog!, 1],
          [drawing!, -0.5],
          [photo!, -0.5],
        ]),
      ),
    );
    const none = await searcher.search({ ...query, weights: { not: 0 } });
    expect(none).toEqual(await searcher.search('dog'));
  });

  it('finds more like rows, without these rows', async () => {
    const wanted = ['pictures/3.png', 'pictures/4.png'];
    const rows = await searcher.encoder.image!.embed(
      items(30)
        .slice(3, 5)
        .map(({ input }) => input),
    );
    const mean = combine([
      [unit(vectorAt(rows, 0)), 0.5],
      [unit(vectorAt(rows, 1)), 0.5],
    ]);
    const others = (await expected(mean)).filter(([id]) => !wanted.includes(id));
    const hits = await searcher.search({ like: wanted }, { k: 6 });
    expect(hits).toHaveLength(6);
    await expectHits(hits, others);
    expect(await searcher.search({ like: wanted }, { k: 100 })).toHaveLength(28);
  });

  it('leaves out what scores less than asked, and what the filter keeps out', async () => {
    const all = await searcher.search('apple', { k: 30 });
    const limit = all[9]!.score;
    expect(await searcher.search('apple', { k: 30, minScore: limit })).toEqual(all.slice(0, 10));
    expect(await searcher.search('apple', { minScore: 2 })).toEqual([]);
    const odd = await searcher.search('apple', {
      k: 30,
      filter: { where: (metadata) => (metadata as { number: number }).number > 20 },
    });
    expect(odd).toEqual(all.filter(({ id }) => Number(/\d+/.exec(id)![0]) > 20));
  });

  it.each([
    ['', 'BAD_TEXT'],
    ['  \n', 'BAD_TEXT'],
    ['zzzzqqqq xxyyxx', 'BAD_TEXT'],
    [{ text: 'apple', not: 'zzzzqqqq' }, 'BAD_TEXT'],
    [{ text: '' }, 'BAD_TEXT'],
    [{}, 'INVALID_ARGUMENT'],
    [{ not: 'apple' }, 'INVALID_ARGUMENT'],
    [randomPicture(1), 'INVALID_ARGUMENT'],
    [{ text: randomPicture(1) }, 'INVALID_ARGUMENT'],
    [{ not: randomPicture(1) }, 'INVALID_ARGUMENT'],
    [7, 'INVALID_ARGUMENT'],
    [null, 'INVALID_ARGUMENT'],
    [{ like: 'nobody' }, 'UNKNOWN_ID'],
    [{ text: 'cat', not: 'cat', weights: { not: 1 } }, 'INVALID_ARGUMENT'],
    [{ text: 'cat', weights: { text: -1 } }, 'INVALID_ARGUMENT'],
    [{ text: 'cat', weights: { text: Number.NaN } }, 'INVALID_ARGUMENT'],
  ])('refuses %j with %s', async (query, code) => {
    await expect(searcher.search(query as string)).rejects.toMatchObject({ code, name: 'NearkinError' });
  });

  it('reads the beginning of a text of 100 kB', async () => {
    const long = `cat ${'cat '.repeat(25_000)}`;
    expect(await searcher.search(long, { k: 3 })).toEqual(await searcher.search('cat', { k: 3 }));
  });

  it('refuses options that make no sense, and ends when it is told to', async () => {
    for (const options of [{ k: -1 }, { k: 1.5 }, { minScore: Number.NaN }, { minScore: 'x' as unknown as number }])
      await expect(searcher.search('cat', options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(searcher.search('cat', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('building', () => {
  it('leaves broken items out and tells them', async () => {
    const broken = () => {
      throw new NearkinError('BAD_PICTURE', 'It is broken.');
    };
    const list = [...items(5), { id: 'broken', input: broken as unknown as ImageInput }, ...items(8).slice(5)];
    const told: string[] = [];
    using built = await buildSearcher<ImageInput>(list, {
      encoder: encoderOfWords(),
      batchSize: 2,
      onError: (_, { id }) => told.push(id),
      thumbnail: async (item) => {
        if (item.id === 'pictures/2.png') throw new Error('no thumbnail of this one');
        return item.id === 'pictures/3.png' ? undefined : thumbnailOf(item);
      },
    });
    expect(told).toEqual(['broken']);
    expect(built.report).toEqual({
      rows: 8,
      skipped: [{ id: 'broken', code: 'BAD_PICTURE', message: 'It is broken.' }],
      resumed: 0,
      withoutThumbnail: ['pictures/2.png', 'pictures/3.png'],
    });
    expect((await built.checkThumbnails()).missing).toEqual(['pictures/2.png', 'pictures/3.png']);
  });

  it('refuses nothing, only broken items, and an id that stands twice', async () => {
    const encoder = encoderOfWords();
    await expect(buildSearcher([], { encoder })).rejects.toMatchObject({ code: 'EMPTY_GALLERY' });
    const broken = { id: 'a', input: 'not a picture' as unknown as ImageInput };
    await expect(buildSearcher([broken], { encoder })).rejects.toMatchObject({ code: 'EMPTY_GALLERY' });
    const twice = [...items(3), ...items(1)];
    await expect(buildSearcher(twice, { encoder, batchSize: 2 })).rejects.toMatchObject({ code: 'DUPLICATE_ID' });
    await expect(buildSearcher(items(2), { encoder, batchSize: 0 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('makes texts searchable by texts', async () => {
    const { text } = encoderOfWords();
    const encoder = createEncoder({ text });
    using built = await buildSearcher(
      ['red apple', 'green pear', 'sleeping dog'].map((input) => ({ id: input, input })),
      {
        encoder,
      },
    );
    using opened = await openSearcher(await searcherFiles(built));
    const [best] = await opened.search('apple red', { k: 1 });
    expect(best!.id).toBe('red apple');
    await expect(opened.search({ image: randomPicture(1) })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('says that an encoder of pictures alone knows no words', async () => {
    using built = await buildSearcher(items(3), { encoder: createEncoder({ image: encoderOfWords().image }) });
    await expect(built.search('cat')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('no words'),
    });
  });

  it('leaves an encoder of functions out of the bundle, and wants it again', async () => {
    const image = fromFunction<ImageInput>(async (batch) => batch.map((_, i) => [i + 1, 1]), { id: 'mine', dim: 2 });
    const encoder = createEncoder({ image });
    using built = await buildSearcher(items(3), { encoder });
    const saved = await searcherFiles(built);
    await expect(openSearcher(saved)).rejects.toMatchObject({ code: 'EMBEDDER_NEEDED' });
    using opened = await openSearcher<ImageInput>(saved, { encoder });
    expect(await opened.search({ like: 'pictures/0.png' }, { k: 1 })).toHaveLength(1);
    const other = createEncoder({ image: fromFunction<ImageInput>(async () => [[1, 2]], { id: 'other', dim: 2 }) });
    await expect(openSearcher<ImageInput>(saved, { encoder: other })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
  });
});

describe('bad bundles', () => {
  it('an encoder that is not the index’s', async () => {
    // Other weights: what layers are called alone may be the same.
    const { image } = smallDualEncoder({ seed: 7, known: ['other'] });
    const other = await searcherFiles(await buildSearcher(items(3), { encoder: createEncoder({ image }) }));
    // The index of one bundle, the encoder of another.
    const mixed = new Map([...other, ...files]);
    const encoder = named('encoder-', other);
    mixed.set('search.json', editRoot((root) => Object.assign(root, { encoder })).get('search.json')!);
    await expect(openSearcher(mixed)).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
    const index = named('index-', other);
    mixed.set('search.json', editRoot((root) => Object.assign(root, { index })).get('search.json')!);
    await expect(openSearcher(mixed)).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
  });

  it('missing and damaged thumbnails do not matter, and are told', async () => {
    const shard = named('thumbnails-', new Map([...files].filter(([name]) => name.endsWith('.bin'))));
    const table = named('thumbnails-', new Map([...files].filter(([name]) => name.endsWith('.json'))));
    const damaged = files.get(shard)!.slice().fill(0, 0, 3);
    for (const changed of [
      new Map([...files].filter(([name]) => name !== shard)),
      new Map([...files].filter(([name]) => name !== table)),
      new Map(files).set(shard, damaged),
    ]) {
      using opened = await openSearcher<ImageInput>(changed);
      expect(await opened.search('cat', { k: 1 })).toHaveLength(1);
      expect((await opened.checkThumbnails()).missing).toHaveLength(30);
    }
  });

  it.each([
    [
      'an index that is cut off',
      () => new Map(files).set(named('index-'), files.get(named('index-'))!.slice(0, -9)),
      'BAD_FORMAT',
    ],
    ['no index', () => new Map([...files].filter(([name]) => !name.startsWith('index-'))), 'NOT_FOUND'],
    ['no root', () => new Map([...files].filter(([name]) => name !== 'search.json')), 'NOT_FOUND'],
    ['a root that is no JSON', () => new Map(files).set('search.json', new Uint8Array([1])), 'BAD_FORMAT'],
    ['another format', () => editRoot((root) => Object.assign(root, { format: 'x' })), 'BAD_FORMAT'],
    ['a newer version', () => editRoot((root) => Object.assign(root, { version: 2 })), 'UNSUPPORTED_VERSION'],
    ['a file outside', () => editRoot((root) => Object.assign(root, { index: '../x' })), 'UNSAFE_PATH'],
    ['no files', () => editRoot((root) => Object.assign(root, { files: 3 })), 'BAD_FORMAT'],
  ])('%s', async (_, make, code) => {
    await expect(openSearcher(make())).rejects.toMatchObject({ code });
  });

  it('a text tower of another encoder under its name', async () => {
    const text = named('text-');
    const bytes = files.get(text)!.slice();
    bytes[bytes.length - 5]! ^= 4;
    await expect(openSearcher(new Map(files).set(text, bytes))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    expect(checkedName('a.bin', bytes)).not.toBe(checkedName('a.bin', files.get(text)!));
  });
});
