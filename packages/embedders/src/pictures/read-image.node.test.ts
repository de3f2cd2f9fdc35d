import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wavyPicture } from '../../test/small-models.js';
import { readImage } from './read-image.node.js';

const decoders = ['sharp', 'script'] as const;
const wide = wavyPicture(48, 32);
const raw = (picture = wide) =>
  sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 3 } });
let folder: string;
let bomb: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nearkin-pictures-'));
  bomb = await sharp({ create: { width: 9000, height: 6000, channels: 3, background: '#000' } })
    .png({ palette: true, colours: 2, compressionLevel: 1, effort: 1 })
    .toBuffer();
});
afterAll(() => rm(folder, { recursive: true }));

const meanDifference = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
};

describe.each(decoders)('readImage with %s', (decoder) => {
  it('reads a PNG sample by sample, from bytes, path and URL', async () => {
    const bytes = await raw().png().toBuffer();
    const path = join(folder, `ä ${decoder}.png`);
    await writeFile(path, bytes);
    for (const source of [new Uint8Array(bytes), path, pathToFileURL(path), pathToFileURL(path).href]) {
      const { width, height, channels, data } = await readImage(source, { decoder });
      expect([width, height]).toEqual([48, 32]);
      const rgb = channels === 3 ? data : data.filter((_, i) => i % 4 !== 3);
      expect([...rgb]).toEqual([...wide.data]);
    }
  });

  it('reads a JPEG nearly as it was', async () => {
    const picture = await readImage(await raw().jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toBuffer(), {
      decoder,
    });
    expect(meanDifference(picture.data, wide.data)).toBeLessThan(1.5);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns a JPEG of EXIF orientation %i upright', async (orientation) => {
    // What sharp's own rotations make of the upright picture must be undone.
    const undo: Record<number, (image: Sharp) => Sharp> = {
      1: (s) => s,
      2: (s) => s.flop(),
      3: (s) => s.rotate(180),
      4: (s) => s.flip(),
      5: (s) => s.flop().rotate(270),
      6: (s) => s.rotate(270),
      7: (s) => s.flop().rotate(90),
      8: (s) => s.rotate(90),
    };
    const { data, info } = await undo[orientation]!(raw()).raw().toBuffer({ resolveWithObject: true });
    const stored = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .jpeg({ quality: 98, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation })
      .toBuffer();
    const picture = await readImage(stored, { decoder });
    expect([picture.width, picture.height]).toEqual([48, 32]);
    expect(meanDifference(picture.data, wide.data)).toBeLessThan(1.5);
  });

  it('reads grey, 16 bits, palettes and transparency', async () => {
    const grey = await readImage(await raw().greyscale().toColourspace('b-w').png().toBuffer(), { decoder });
    expect(grey.data[0]).toBe(grey.data[1]);
    expect(grey.data.length).toBe(48 * 32 * grey.channels);
    const deep = await readImage(await raw().toColourspace('rgb16').png().toBuffer(), { decoder });
    const rgb = deep.data.filter((_, i) => deep.channels === 3 || i % 4 !== 3);
    expect(meanDifference(rgb, wide.data)).toBeLessThan(1);
    const clear = await readImage(
      await sharp({ create: { width: 2, height: 2, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } } })
        .png()
        .toBuffer(),
      { decoder },
    );
    expect([...clear.data.slice(0, 4)]).toEqual([200, 0, 0, 128]);
    const palette = await readImage(
      await sharp({ create: { width: 9, height: 9, channels: 3, background: '#123456' } })
        .png({ palette: true })
        .toBuffer(),
      { decoder },
    );
    expect([...palette.data.slice(0, 3)]).toEqual([0x12, 0x34, 0x56]);
  });

  it('refuses too many pixels before decoding them', async () => {
    expect(bomb.length).toBeLessThan(200_000);
    const error = { code: 'PICTURE_TOO_LARGE', message: expect.stringContaining('9000 x 6000') };
    await expect(readImage(bomb, { decoder })).rejects.toMatchObject(error);
    const small = await raw().jpeg().toBuffer();
    await expect(readImage(small, { decoder, limitInputPixels: 48 * 32 - 1 })).rejects.toMatchObject({
      code: 'PICTURE_TOO_LARGE',
    });
    await expect(readImage(small, { decoder, limitInputPixels: 48 * 32 })).resolves.toMatchObject({ width: 48 });
  });

  it('names the file that is no picture, or not whole', async () => {
    const noisy = wavyPicture(200, 200);
    const files: Record<string, Uint8Array> = {
      'text.jpg': new TextEncoder().encode('This is a shopping list, not a photo of one.'),
      'empty.png': new Uint8Array(0),
      'zeros.png': new Uint8Array(64),
      'cut.jpg': (await raw(noisy).jpeg().toBuffer()).subarray(0, 2000),
      'cut.png': (await raw(noisy).png().toBuffer()).subarray(0, 2000),
      'header.jpg': (await raw(noisy).jpeg().toBuffer()).subarray(0, 20),
    };
    for (const [name, bytes] of Object.entries(files)) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      const error = { name: 'NearkinError', code: 'BAD_PICTURE', message: expect.stringContaining(path) };
      await expect(readImage(path, { decoder }), name).rejects.toMatchObject(error);
    }
  });
});

describe('readImage', () => {
  it('reads with sharp what other formats hold: first frames, CMYK', async () => {
    const frames = Buffer.concat([Buffer.alloc(16 * 16 * 3, 250), Buffer.alloc(16 * 16 * 3, 5)]);
    const gif = await sharp(frames, { raw: { width: 16, height: 32, channels: 3, pageHeight: 16 } })
      .gif()
      .toBuffer();
    const first = await readImage(gif);
    expect([first.width, first.height]).toEqual([16, 16]);
    expect(first.data[0]).toBeGreaterThan(240);
    const cmyk = await readImage(await raw().toColourspace('cmyk').jpeg().toBuffer());
    expect(cmyk.channels).toBe(3);
    for (const format of ['webp', 'tiff'] as const)
      expect((await readImage(await raw()[format]().toBuffer())).width, format).toBe(48);
  });

  it('says which package reads other formats', async () => {
    await expect(readImage(await raw().webp().toBuffer(), { decoder: 'script' })).rejects.toMatchObject({
      code: 'BAD_PICTURE',
      message: expect.stringContaining('sharp'),
    });
  });

  it('tells a missing file from a bad one, and a folder from a file', async () => {
    await expect(readImage(join(folder, 'none.jpg'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(readImage(folder)).rejects.toMatchObject({ code: 'BAD_PICTURE' });
    await expect(readImage('file://nowhere/at/all.png')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('stops when told', async () => {
    await expect(readImage(join(folder, 'none.jpg'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});
