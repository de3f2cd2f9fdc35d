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
