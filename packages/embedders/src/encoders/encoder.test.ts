import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallDualEncoder, smallImageEmbedder, smallTextEmbedder } from '../../test/small-encoders.js';
import { randomPicture } from '../../test/small-models.js';
import { fromFunction } from '../image/from-function.js';
import { loadImageEmbedder } from '../image/load-image-embedder.js';
import { contentName } from '../models/model-files.js';
import { loadTextEmbedder } from '../text/load-text-embedder.js';
import { createDualEncoder, createEncoder } from './create-encoder.js';
import { loadDualEncoder, loadEncoder } from './load-encoder.js';
import { canSaveEncoder, encoderFiles } from './save-encoder.js';

beforeAll(() => setBackend('cpu'));

const pictures = [randomPicture(1), randomPicture(2, 20, 11), randomPicture(3, 9, 9, 4)];
const texts = ['a red apple', 'eine rote Katze', '猫が好き', 'кошка', 'x'.repeat(100_000)];

const edit = (files: Map<string, Uint8Array>, name: string, change: (text: string) => string) => {
  const copy = new Map(files);
  copy.set(name, new TextEncoder().encode(change(new TextDecoder().decode(files.get(name)!))));
  return copy;
};

describe('a dual encoder', () => {
  it('answers the same after it was saved and opened, bit for bit', async () => {
    const encoder = smallDualEncoder();
    const files = encoderFiles(encoder);
    const opened = await loadDualEncoder(files);
    expect(opened.id).toBe(encoder.id);
    expect([opened.image.id, opened.text.id]).toEqual([encoder.id, encoder.id]);
    expect(opened.dim).toBe(4);
    expect((await opened.image.embed(pictures)).data).toEqual((await encoder.image.embed(pictures)).data);
    expect((await opened.text.embed(texts)).data).toEqual((await encoder.text.embed(texts)).data);
    // Saved again it is the same folder.
    expect([...encoderFiles(opened).keys()].sort()).toEqual([...files.keys()].sort());
    opened.dispose();
    await expect(opened.text.embed(['a'])).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(opened.image.embed(pictures)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('has an identity of both towers, which does not change when its own towers are put together again', () => {
    const encoder = smallDualEncoder();
    expect(createDualEncoder(encoder).id).toBe(encoder.id);
    expect(smallDualEncoder({ seed: 2 }).id).not.toBe(encoder.id);
    const other = createDualEncoder({ image: smallImageEmbedder(), text: smallTextEmbedder({ seed: 9 }) });
    expect(other.id).not.toBe(encoder.id);
    expect(encoder.id).toMatch(/^dual-4-[0-9a-f]{32}$/);
  });

  it('is a folder that the embedder of pictures opens too, with the same identity', async () => {
    const encoder = smallDualEncoder();
    const image = await loadImageEmbedder(encoderFiles(encoder));
    expect(image.id).toBe(encoder.id);
    expect((await image.embed(pictures)).data).toEqual((await encoder.image.embed(pictures)).data);
    const text = await loadTextEmbedder(encoderFiles(encoder));
    expect((await text.embed(texts)).data).toEqual((await encoder.text.embed(texts)).data);
  });

  it('loads its tower of pictures when the first picture comes, if asked to', async () => {
    const files = encoderFiles(smallDualEncoder());
    const weights = [...files.keys()].find((name) => name.startsWith('weights'))!;
    const without = new Map([...files].filter(([name]) => name !== weights));
    const encoder = await loadEncoder(without, { lazy: true });
    expect((await encoder.text!.embed(['apple'])).count).toBe(1);
    await expect(encoder.image!.embed(pictures)).rejects.toMatchObject({ code: 'BAD_MODEL' });
    await expect(loadEncoder(without)).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });

  it('refuses towers of two spaces, and no tower', () => {
    expect(() => createDualEncoder({ image: smallImageEmbedder(), text: smallTextEmbedder({ dim: 5 }) })).toThrow(
      expect.objectContaining({ code: 'DIMENSION_MISMATCH' }),
    );
    expect(() => createEncoder({})).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('gives its towers away: one alone is saved under the name that it has there', async () => {
    const encoder = smallDualEncoder();
    for (const tower of [{ text: encoder.text }, { image: encoder.image }]) {
      const alone = await loadEncoder(encoderFiles(createEncoder(tower)));
      expect(alone.id).toBe(encoder.id);
    }
    const { parts } = smallTextEmbedder();
    const { createHashedTextEmbedder } = await import('../text/hashed-text-embedder.js');
    const text = createHashedTextEmbedder({ ...parts, id: 'a name of mine' });
    expect((await loadTextEmbedder(encoderFiles(createEncoder({ text })))).id).toBe('a name of mine');
  });

  it('does not save functions', () => {
    const text = fromFunction(async (batch: readonly string[]) => batch.map(() => [1, 2, 3, 4]), { id: 'f', dim: 4 });
    const encoder = createDualEncoder({ image: smallImageEmbedder(), text });
    expect(canSaveEncoder(encoder)).toBe(false);
    expect(canSaveEncoder(smallDualEncoder())).toBe(true);
    expect(() => encoderFiles(encoder)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });
});

describe('one tower', () => {
  it('opens texts alone and pictures alone, and says what is missing', async () => {
    const known = smallTextEmbedder({ known: ['red apple'], bytes: true });
    const files = encoderFiles(createEncoder({ text: known }));
    const text = await loadTextEmbedder(files);
    expect(text.id).toBe(known.id);
    expect((await text.embed(['red apple'])).data).toEqual((await known.embed(['red apple'])).data);
    expect([...(await text.embed(['', 'zzzzqqqq'])).data]).toEqual(new Array(8).fill(0));
    await expect(loadDualEncoder(files)).rejects.toMatchObject({ code: 'UNSUPPORTED' });

    const image = smallImageEmbedder();
    const opened = await loadEncoder(encoderFiles(createEncoder({ image })));
    expect([opened.id, opened.text]).toEqual([image.id, undefined]);
    await expect(loadTextEmbedder(encoderFiles(createEncoder({ image })))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });
});

describe('bad folders', () => {
  let files: Map<string, Uint8Array>;
  let textFile: string;
  beforeAll(() => {
    files = encoderFiles(smallDualEncoder());
    textFile = [...files.keys()].find((name) => name.startsWith('text-'))!;
  });

  it('a file that was changed, is missing, or is another encoder’s', async () => {
    const bytes = files.get(textFile)!.slice();
    bytes[bytes.length - 1]! ^= 1;
    await expect(loadEncoder(new Map(files).set(textFile, bytes))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    const without = new Map([...files].filter(([name]) => name !== textFile));
    await expect(loadEncoder(without)).rejects.toMatchObject({ code: 'NOT_FOUND' });

    const other = encoderFiles(createEncoder({ text: smallTextEmbedder({ seed: 5 }) }));
    const otherFile = [...other.keys()].find((name) => name.startsWith('text-'))!;
    const mixed = edit(files, 'model.json', (json) => json.replaceAll(textFile, otherFile));
    await expect(loadEncoder(mixed.set(otherFile, other.get(otherFile)!))).rejects.toMatchObject({
      code: 'BAD_FORMAT',
    });
  });

  it('a root that is no JSON, says too little, names a file outside, or is newer', async () => {
    const cases: [(json: string) => string, string][] = [
      [() => '{', 'BAD_MODEL'],
      [() => '[]', 'BAD_MODEL'],
      [(json) => json.replace('"kind":"hashed"', '"kind":"magic"'), 'BAD_MODEL'],
      [(json) => json.replace('"encoder":{"version":1', '"encoder":{"version":2'), 'UNSUPPORTED_VERSION'],
      [(json) => json.replace(`"file":"${textFile}"`, '"file":"../x"'), 'UNSAFE_PATH'],
      [(json) => json.replace(/"dim":4,"image"/, '"dim":5,"image"'), 'BAD_MODEL'],
    ];
    for (const [change, code] of cases)
      await expect(loadEncoder(edit(files, 'model.json', change)), code).rejects.toMatchObject({ code });
  });

  it('a text table that is something else', async () => {
    const bytes = new TextEncoder().encode('not a table, but long enough to have a header');
    const name = contentName('text.safetensors', bytes);
    const other = edit(files, 'model.json', (json) => json.replaceAll(textFile, name)).set(name, bytes);
    await expect(loadEncoder(other)).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  });
});
