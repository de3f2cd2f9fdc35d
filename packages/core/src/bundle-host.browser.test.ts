import { expect, it } from 'vitest';
import { openBundle, writeBundle } from './bundle.js';

const text = (value: string) => new TextEncoder().encode(value);

it('keeps bundles in browser storage and replaces them whole', async () => {
  const target = 'indexeddb://pets/v1';
  await writeBundle(
    target,
    new Map([
      ['model.json', text('{}')],
      ['a.bin', text('a')],
    ]),
    'model.json',
  );
  await writeBundle(`${target}-other`, new Map([['model.json', text('other')]]), 'model.json');
  await writeBundle(
    target,
    new Map([
      ['model.json', text('{"v":2}')],
      ['b.bin', new Uint8Array(0)],
    ]),
    'model.json',
  );
  const { bundle } = await openBundle(target);
  expect(await bundle.read('model.json')).toEqual(text('{"v":2}'));
  expect(await bundle.read('b.bin')).toEqual(new Uint8Array(0));
  await expect(bundle.read('a.bin')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await (await openBundle(`${target}-other`)).bundle.read('model.json')).toEqual(text('other'));
});

it('says what is not there and what a browser cannot do', async () => {
  await expect(openBundle('indexeddb://nothing here')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(openBundle('models/pets')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  await expect(writeBundle('models/pets', new Map([['r', text('')]]), 'r')).rejects.toMatchObject({
    code: 'UNSUPPORTED',
  });
});
