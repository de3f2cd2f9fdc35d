import { describe, expect, it } from 'vitest';
import { openBundle, writeBundle } from './bundle.js';

const bytes = Uint8Array.of(1, 2, 3);

describe('bundles in memory', () => {
  it('reads files by name', async () => {
    const { bundle, file } = await openBundle(new Map([['a/b.bin', bytes]]));
    expect(file).toBeUndefined();
    expect(await bundle.read('a/b.bin')).toBe(bytes);
    await expect(bundle.read('c')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(bundle.read('../a')).rejects.toMatchObject({ code: 'UNSAFE_PATH' });
    expect((await openBundle(bundle)).bundle).toBe(bundle);
  });

  it('are written whole: old files go, and a refused name leaves them', async () => {
    const target = new Map([['old.bin', bytes]]);
    await expect(writeBundle(target, new Map([['../r.json', bytes]]), '../r.json')).rejects.toMatchObject({
      code: 'UNSAFE_PATH',
    });
    expect([...target.keys()]).toEqual(['old.bin']);
    await writeBundle(
      target,
      new Map([
        ['r.json', bytes],
        ['a/b.bin', bytes],
      ]),
      'r.json',
    );
    expect([...target.keys()]).toEqual(['r.json', 'a/b.bin']);
    await writeBundle(target, target, 'r.json');
    expect([...target.keys()]).toEqual(['r.json', 'a/b.bin']);
  });
});

describe('sources and targets of no kind', () => {
  it('are refused', async () => {
    await expect(openBundle('gopher://x/y')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(writeBundle('https://x/y', new Map([['r.json', bytes]]), 'r.json')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    await expect(writeBundle('x', new Map([['r.json', bytes]]), 'other.json')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(writeBundle('x', new Map([['../r.json', bytes]]), '../r.json')).rejects.toMatchObject({
      code: 'UNSAFE_PATH',
    });
  });
});
