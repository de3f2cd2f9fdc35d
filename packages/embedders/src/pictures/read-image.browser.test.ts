import { afterEach, describe, expect, it } from 'vitest';
import { wavyPicture } from '../../test/small-models.js';
import { albumsFromFiles } from '../albums/albums-from-files.js';
import { cameraFrames } from './camera-frames.js';
import { readImage } from './read-image.browser.js';

const canvasOf = (width = 48, height = 32) => {
  const { data } = wavyPicture(width, height);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(i * 3, i * 3 + 3), i * 4);
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  canvas.getContext('2d')!.putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas;
};
const blobOf = (type: string, canvas = canvasOf()) =>
  new Promise<Blob>((resolve) => canvas.toBlob((blob) => resolve(blob!), type, 1));

describe('readImage in a browser', () => {
  it('reads a PNG sample by sample', async () => {
    const picture = await readImage(await blobOf('image/png'));
    expect([picture.width, picture.height, picture.channels]).toEqual([48, 32, 4]);
    expect([...picture.data.filter((_, i) => i % 4 !== 3)]).toEqual([...wavyPicture(48, 32).data]);
  });

  it('refuses too many pixels and what is no picture', async () => {
    const blob = await blobOf('image/jpeg');
    await expect(readImage(blob, { limitInputPixels: 100 })).rejects.toMatchObject({ code: 'PICTURE_TOO_LARGE' });
    const text = new File(['a shopping list'], 'list.jpg', { type: 'image/jpeg' });
    await expect(readImage(text)).rejects.toMatchObject({
      code: 'BAD_PICTURE',
      message: expect.stringContaining('list.jpg'),
    });
    await expect(readImage(blob, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('albumsFromFiles', () => {
  const file = (path: string, type = 'image/png') => {
    const made = new File(['x'], path.split('/').at(-1)!, { type });
    Object.defineProperty(made, 'webkitRelativePath', { value: path });
    return made;
  };

  it('labels by the first folder that differs', async () => {
    const files = [
      'albums/dog/b.png',
      'albums/cat/deep/a.png',
      'albums/__proto__/p.png',
      'albums/cat/.hidden.png',
      'albums/x.png',
    ];
    const items = await albumsFromFiles([
      ...files.map((path) => file(path)),
      file('albums/cat/notes.txt', 'text/plain'),
    ]);
    expect(items.map(({ id, label }) => [id, label])).toEqual([
      ['__proto__/p.png', '__proto__'],
      ['cat/deep/a.png', 'cat'],
      ['dog/b.png', 'dog'],
    ]);
  });

  it('takes the folder of a single album as its label', async () => {
    const items = await albumsFromFiles([file('cat/a.png'), file('cat/b.png')]);
    expect(items.map(({ label }) => label)).toEqual(['cat', 'cat']);
  });

  it('says when there are no albums', async () => {
    await expect(albumsFromFiles([])).rejects.toMatchObject({ code: 'EMPTY_ALBUM' });
    await expect(albumsFromFiles([file('a.png')])).rejects.toMatchObject({ code: 'EMPTY_ALBUM' });
  });
});

describe('cameraFrames', () => {
  afterEach(() => document.body.replaceChildren());

  it('gives frames until the stream ends', async () => {
    const canvas = canvasOf();
    const stream = canvas.captureStream(30);
    const video = Object.assign(document.createElement('video'), { srcObject: stream, muted: true });
    document.body.append(canvas, video);
    const paint = setInterval(() => canvas.getContext('2d')!.fillRect(0, 0, 1, 1), 20);
    await video.play();
    const sizes: number[][] = [];
    const controller = new AbortController();
    for await (const { width, height } of cameraFrames(video, { signal: controller.signal })) {
      sizes.push([width, height]);
      if (sizes.length === 2) controller.abort();
    }
    clearInterval(paint);
    expect(sizes).toEqual([
      [48, 32],
      [48, 32],
    ]);
  });
});
