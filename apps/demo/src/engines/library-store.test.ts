import { NearkinError } from '@nearkin/core';
import { expect, it } from 'vitest';
import { memoryDrawer } from './file-drawer.js';
import { openLibraryStore } from './library-store.js';

const picture = (text: string) => new Blob([text], { type: 'image/png' });
const text = async (blob: Blob | undefined) => blob && (await blob.text());

it('has after a reopening what it had before, in order', async () => {
  const drawer = memoryDrawer();
  const before = await openLibraryStore(drawer);
  const first = await before.add(picture('one'), { name: 'a/1.png' });
  const second = await before.add(picture('second'), { name: 'a/2.png' });
  await before.add(picture('third'), { name: 'a/3.png' });
  await before.setReady(second.number, { thumb: picture('small'), picture: picture('scaled') });
  await before.remove(first.number);
  await before.addVectors('m', [[second.number, Float32Array.of(1, 2)]]);

  const after = await openLibraryStore(drawer);
  expect(after.pictures().map(({ name, ready, bytes }) => [name, ready, bytes])).toEqual([
    ['a/2.png', true, 6],
    ['a/3.png', false, 5],
  ]);
  expect(await text(await after.read(second.number, 'thumb'))).toBe('small');
  expect(await text(await after.read(second.number, 'picture'))).toBe('scaled');
  expect(await after.read(first.number, 'picture')).toBeUndefined();
  expect([...(await after.vectors('m', 2))]).toEqual([[second.number, Float32Array.of(1, 2)]]);
  expect((await after.vectors('other', 2)).size).toBe(0);
  // A number is never given twice, or vectors of a picture that went would be another's.
  expect((await after.add(picture('fourth'), { name: 'a/4.png' })).number).toBe(3);
});

it('loses only what was cut off when a page was closed while it wrote', async () => {
  const drawer = memoryDrawer();
  const before = await openLibraryStore(drawer);
  const { number } = await before.add(picture('one'), { name: '1.png' });
  await before.addVectors('m', [[number, Float32Array.of(3, 4)]]);
  (await drawer.grow('list.jsonl')).append(new TextEncoder().encode('{"add":1,"na'));
  (await drawer.grow('vectors/m')).append(new Uint8Array(7));

  const after = await openLibraryStore(drawer);
  expect(after.pictures().map(({ name }) => name)).toEqual(['1.png']);
  expect([...(await after.vectors('m', 2))]).toEqual([[number, Float32Array.of(3, 4)]]);
  const next = await after.add(picture('two'), { name: '2.png' });
  await after.addVectors('m', [[next.number, Float32Array.of(5, 6)]]);

  const again = await openLibraryStore(drawer);
  expect(again.pictures().map(({ name }) => name)).toEqual(['1.png', '2.png']);
  expect((await again.vectors('m', 2)).get(next.number)).toEqual(Float32Array.of(5, 6));
});

it('is empty after it was emptied, and can be filled again', async () => {
  const drawer = memoryDrawer();
  const store = await openLibraryStore(drawer);
  const { number } = await store.add(picture('one'), { name: '1.png' });
  await store.addVectors('m', [[number, Float32Array.of(1)]]);
  await store.clear();
  expect(store.pictures()).toEqual([]);
  expect((await store.vectors('m', 1)).size).toBe(0);
  await store.add(picture('two'), { name: '2.png' });
  expect((await openLibraryStore(drawer)).pictures().map(({ name }) => name)).toEqual(['2.png']);
});

it('goes on without room: nothing is half written, what was found is known until the page is closed', async () => {
  const drawer = memoryDrawer();
  let room = true;
  const noRoom = () => {
    if (!room) throw new NearkinError('DISK_FULL', 'No room.');
  };
  const store = await openLibraryStore({
    ...drawer,
    async write(path, bytes) {
      noRoom();
      await drawer.write(path, bytes);
    },
    async grow(path) {
      noRoom();
      const file = await drawer.grow(path);
      return {
        ...file,
        append(bytes) {
          noRoom();
          file.append(bytes);
        },
      };
    },
  });
  const { number } = await store.add(picture('one'), { name: '1.png' });
  await store.vectors('m', 2);
  room = false;
  await expect(store.add(picture('two'), { name: '2.png' })).rejects.toMatchObject({ code: 'DISK_FULL' });
  await expect(store.setReady(number, { thumb: picture('small') })).rejects.toMatchObject({ code: 'DISK_FULL' });
  await expect(store.addVectors('m', [[number, Float32Array.of(1, 2)]])).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(store.pictures()).toMatchObject([{ number, ready: false }]);
  expect(await text(await store.read(number, 'thumb'))).toBe('one');
  expect((await store.vectors('m', 2)).get(number)).toEqual(Float32Array.of(1, 2));
  // Another model: there is no room even for the beginning of its file.
  await store.vectors('other', 2);
  await store.addVectors('other', [[number, Float32Array.of(3, 4)]]);
  expect((await store.vectors('other', 2)).get(number)).toEqual(Float32Array.of(3, 4));

  const after = await openLibraryStore(drawer);
  expect(after.pictures()).toMatchObject([{ number, ready: false }]);
  expect((await after.vectors('m', 2)).size).toBe(0);
});
