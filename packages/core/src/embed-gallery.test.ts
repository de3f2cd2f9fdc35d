import { describe, expect, it } from 'vitest';
import { embedGallery, type GalleryItem } from './embed-gallery.js';
import type { Embedder } from './embedder.js';
import { NearkinError } from './nearkin-error.js';
import { createVectors } from './vectors.js';

/** Embeds a number x as (x, x²); negative numbers are bad pictures. */
function squares(batches: number[][] = []): Embedder<number> {
  return {
    id: 'squares',
    dim: 2,
    async embed(batch) {
      batches.push([...batch]);
      const bad = batch.find((x) => x < 0);
      if (bad !== undefined) throw new NearkinError('BAD_PICTURE', `negative: ${bad}`);
      return createVectors(Float32Array.from(batch.flatMap((x) => [x, x * x])), 2);
    },
    dispose() {},
  };
}

const items = (values: readonly number[]): GalleryItem<number>[] =>
  values.map((input, i) => ({ id: `n${i}`, label: input % 2 ? 'odd' : 'even', input }));

describe('embedGallery', () => {
  it('keeps the order, in batches, and reports progress', async () => {
    const batches: number[][] = [];
    const seen: unknown[] = [];
    const gallery = await embedGallery(squares(batches), items([1, 2, 3, 4, 5]), {
      batchSize: 2,
      onProgress: (p) => seen.push(p),
    });
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
    expect([...gallery.vectors.data]).toEqual([1, 1, 2, 4, 3, 9, 4, 16, 5, 25]);
    expect(gallery).toMatchObject({
      ids: ['n0', 'n1', 'n2', 'n3', 'n4'],
      labels: ['odd', 'even', 'odd', 'even', 'odd'],
      modelId: 'squares',
    });
    expect(seen).toEqual([2, 4, 5].map((done) => ({ done, total: 5, phase: 'embed' })));
  });

  it('reads async iterables and loads inputs lazily, one batch ahead at most', async () => {
    const loaded: number[] = [];
    const aheadAtEmbed: number[] = [];
    const base = squares();
    const embedder: Embedder<number> = {
      ...base,
      async embed(batch, options) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        aheadAtEmbed.push(loaded.length);
        return base.embed(batch, options);
      },
    };
    async function* lazy() {
      for (let i = 0; i < 8; i++)
        yield {
          id: String(i),
          input: async () => {
            loaded.push(i);
            return i;
          },
          metadata: { i },
        };
    }
    const gallery = await embedGallery(embedder, lazy(), { batchSize: 2 });
    expect(gallery.metadata).toEqual(Array.from({ length: 8 }, (_, i) => ({ i })));
    expect(aheadAtEmbed).toEqual([4, 6, 8, 8]);
  });

  it('skips bad items with a report, and their neighbours stay', async () => {
    const errors: [string, string][] = [];
    const list: GalleryItem<number>[] = [
      ...items([1, -2, 3]),
      {
        id: 'unreadable',
        input: async () => {
          throw new Error('no such file');
        },
      },
      { id: 'infinite', input: Number.POSITIVE_INFINITY },
      { id: 'last', input: 7 },
    ];
    const gallery = await embedGallery(squares(), list, {
      batchSize: 6,
      onError: (error, item) => errors.push([item.id, error.code]),
    });
    expect(gallery.ids).toEqual(['n0', 'n2', 'last']);
    expect([...gallery.vectors.data]).toEqual([1, 1, 3, 9, 7, 49]);
    expect(errors.sort()).toEqual([
      ['infinite', 'NON_FINITE'],
      ['n1', 'BAD_PICTURE'],
      ['unreadable', 'BAD_PICTURE'],
    ]);
  });

  it('reports each bad item once', async () => {
    const errors: string[] = [];
    const list = [...items([1, -2]), { id: 'infinite', input: Number.POSITIVE_INFINITY }];
    await embedGallery(squares(), list, { onError: (_, item) => errors.push(item.id) });
    expect(errors.sort()).toEqual(['infinite', 'n1']);
  });

  it('ends at the first bad item without onError', async () => {
    await expect(embedGallery(squares(), items([1, -2, 3]))).rejects.toMatchObject({ code: 'BAD_PICTURE' });
    const unreadable = [
      {
        id: 'x',
        input: (): number => {
          throw new TypeError('broken');
        },
      },
    ];
    await expect(embedGallery(squares(), unreadable)).rejects.toMatchObject({
      code: 'BAD_PICTURE',
      message: expect.stringContaining('x: broken'),
    });
  });

  it('says when nothing is left, and why', async () => {
    await expect(embedGallery(squares(), [])).rejects.toMatchObject({ code: 'EMPTY_GALLERY' });
    await expect(embedGallery(squares(), items([-1, -2]), { onError() {} })).rejects.toMatchObject({
      code: 'EMPTY_GALLERY',
      message: expect.stringContaining('negative: -1'),
    });
  });

  it.each(['DISPOSED', 'ABORTED', 'WORKER_FAILED', 'BACKEND_UNAVAILABLE', 'MISSING_DEPENDENCY'] as const)(
    'does not take the end of the job for a bad item (%s)',
    async (code) => {
      const errors: unknown[] = [];
      const gone: Embedder<number> = { ...squares(), embed: () => Promise.reject(new NearkinError(code, 'gone')) };
      await expect(embedGallery(gone, items([1, 2]), { onError: (e) => errors.push(e) })).rejects.toMatchObject({
        code,
      });
      expect(errors).toEqual([]);
    },
  );

  it('stops at an abort, before and in the middle', async () => {
    const batches: number[][] = [];
    const controller = new AbortController();
    const running = embedGallery(squares(batches), items([1, 2, 3, 4]), {
      batchSize: 1,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 2) controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    expect(batches.length).toBe(2);
    await expect(embedGallery(squares(), items([1]), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it('refuses equal ids, strange batch sizes and an embedder that miscounts', async () => {
    await expect(
      embedGallery(squares(), [
        { id: 'a', input: 1 },
        { id: 'a', input: 2 },
      ]),
    ).rejects.toMatchObject({ code: 'DUPLICATE_ID' });
    await expect(embedGallery(squares(), items([1]), { batchSize: 0 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const short: Embedder<number> = { ...squares(), embed: async () => createVectors(new Float32Array(2), 2) };
    await expect(embedGallery(short, items([1, 2]))).rejects.toMatchObject({ code: 'DIMENSION_MISMATCH' });
  });
});
