import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPicture } from '@nearkin/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomPicture } from '../../test/small-models.js';
import { mean, pieceTable, projection, std, vocabulary, writeTinyModels } from '../../test/tiny-transformers.js';
import { loadDualEncoder, loadEncoder } from '../encoders/load-encoder.js';
import { encoderFiles } from '../encoders/save-encoder.js';
import { loadImageEmbedder } from '../image/load-image-embedder.js';
import { loadTextEmbedder } from '../text/load-text-embedder.js';
import { fromTransformers } from './from-transformers.js';

/** The library and its runtime, on tiny models that are written here: nothing is downloaded. */
const library = await import('@huggingface/transformers').catch(() => undefined);
// An optional peer: where its native runtime cannot be installed these tests are counted as skipped.
const suite = library ? describe : describe.skip;
let root: string;

beforeAll(async () => {
  if (!library) return;
  root = await mkdtemp(join(tmpdir(), 'nearkin tiny '));
  await writeTinyModels(root);
  library.env.localModelPath = root;
  library.env.allowRemoteModels = false;
});

afterAll(() => root && rm(root, { recursive: true, force: true }));

const unit = (row: readonly number[]) => row.map((value) => value / Math.hypot(...row));
const tokensOf = (text: string) => ['[CLS]', ...text.split(' '), '[SEP]'] as (keyof typeof vocabulary)[];
const rowsOf = (text: string) =>
  tokensOf(text).map((token) => pieceTable.slice(vocabulary[token] * 2, vocabulary[token] * 2 + 2));
const sumOf = (text: string) => [0, 1].map((j) => rowsOf(text).reduce((sum, row) => sum + row[j]!, 0));
const pictures = [randomPicture(1, 4, 4), randomPicture(2, 4, 4)];

/** What the tiny models of pictures compute, in plain arithmetic. */
function projected(picture: { data: ArrayLike<number> }): number[] {
  const means = [0, 1, 2].map((c) => {
    let sum = 0;
    for (let i = 0; i < 16; i++) sum += (picture.data[i * 3 + c]! / 255 - mean[c]!) / std[c]!;
    return sum / 16;
  });
  return [0, 1].map((j) => means.reduce((sum, value, c) => sum + value * projection[c * 2 + j]!, 0));
}

const expectRows = (data: Float32Array, rows: readonly (readonly number[])[]) => {
  expect(data).toHaveLength(rows.flat().length);
  rows.flat().forEach((value, i) => {
    expect(data[i]).toBeCloseTo(value, 5);
  });
};

suite('models of @huggingface/transformers', () => {
  it('CLIP gives pictures and texts in one space, each row of length 1', async () => {
    const { image, text, dim } = await loadDualEncoder('hf:tiny/clip');
    expect(dim).toBe(2);
    expectRows(
      (await image.embed(pictures)).data,
      pictures.map((picture) => unit(projected(picture))),
    );
    const texts = ['cat', 'dog', 'cat'];
    expectRows(
      (await text.embed(texts)).data,
      texts.map((one) => unit(sumOf(one))),
    );
    expect(image.id).toBe(text.id);
  });

  it('prepares a picture as the library does', async () => {
    const processor = await library!.AutoProcessor.from_pretrained('tiny/clip');
    const [picture] = pictures;
    const { pixel_values: theirs } = await processor([
      new library!.RawImage(new Uint8ClampedArray(picture!.data), 4, 4, 3),
    ]);
    const { preprocessing } = await loadImageEmbedder('hf:tiny/clip');
    const { preprocess } = await import('../pictures/preprocess.js');
    const ours = preprocess([picture!], preprocessing);
    for (let p = 0; p < 16; p++)
      for (let c = 0; c < 3; c++) expect(ours[p * 3 + c]).toBeCloseTo(theirs.data[c * 16 + p], 5);
    expect(preprocessing).toMatchObject({ width: 4, height: 4, fit: 'crop', filter: 'cubic' });
  });

  it('SigLIP pads texts to their full length, and squashes pictures', async () => {
    const { image, text } = await loadDualEncoder('hf:tiny/siglip');
    expect(image.preprocessing.fit).toBe('squash');
    expectRows(
      (await image.embed(pictures)).data,
      pictures.map((picture) => unit(projected(picture))),
    );
    // Four tokens and two of padding make six.
    const padded = sumOf('cat dog').map((value, j) => value + 2 * pieceTable[j]!);
    expectRows((await text.embed(['cat dog'])).data, [unit(padded)]);
  });

  it('DINOv2 gives pictures alone: the class token, or the mean of the patches', async () => {
    const encoder = await loadEncoder('hf:tiny/dinov2');
    expect(encoder.text).toBeUndefined();
    const flat = createPicture({ data: new Uint8Array(6 * 6 * 3).fill(255), width: 6, height: 6, channels: 3 });
    const white = mean.map((value, c) => (1 - value) / std[c]!);
    expectRows((await encoder.image!.embed([flat])).data, [unit(white)]);
    const whole = await fromTransformers('tiny/dinov2', { pooling: 'mean', normalize: false });
    expect((await loadImageEmbedder('hf:tiny/dinov2')).preprocessing.shortSide).toBe(6);
    expectRows((await whole.image!.embed([flat])).data, [white]);
    expect(whole.id).not.toBe(encoder.id);
  });

  it('a sentence model gives the mean of a text’s tokens, whatever stands beside it', async () => {
    const text = await loadTextEmbedder('hf:tiny/bert');
    const texts = ['cat', 'dog cat dog', 'dog'];
    expectRows(
      (await text.embed(texts)).data,
      texts.map((one) => unit(sumOf(one).map((value) => value / tokensOf(one).length))),
    );
    expect([...(await text.embed(['', 'cat'])).data.subarray(0, 2)]).toEqual([0, 0]);
    await expect(text.embed([pictures[0] as unknown as string])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await loadEncoder('hf:tiny/bert')).image).toBeUndefined();
  });

  it('is saved by name, and opened as the same', async () => {
    const encoder = await loadDualEncoder('hf:tiny/clip');
    const opened = await loadDualEncoder(encoderFiles(encoder));
    expect(opened.id).toBe(encoder.id);
    expect((await opened.image.embed(pictures)).data).toEqual((await encoder.image.embed(pictures)).data);
    expect((await opened.text.embed(['cat'])).data).toEqual((await encoder.text.embed(['cat'])).data);
  });

  it('says what is missing', async () => {
    await expect(loadEncoder('hf:tiny/nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(loadTextEmbedder('hf:tiny/dinov2')).rejects.toMatchObject({
      code: expect.stringMatching(/^(NOT_FOUND|BAD_MODEL)$/),
    });
    const encoder = await loadEncoder('hf:tiny/clip');
    encoder.dispose();
    await expect(encoder.text!.embed(['cat'])).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

it('says when the library is something else', async () => {
  await expect(loadEncoder('hf:tiny/clip', { transformers: { module: {} } })).rejects.toMatchObject({
    code: 'MISSING_DEPENDENCY',
  });
});
