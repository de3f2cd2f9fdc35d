import '@tensorflow/tfjs-backend-cpu';
import { createPicture } from '@nearkin/core';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { denseSentenceModel, pieces, pieceTable, sparseSentenceModel } from '../../test/small-encoders.js';
import { createEncoder } from '../encoders/create-encoder.js';
import { encoderFiles } from '../encoders/save-encoder.js';
import { modelFiles } from '../models/model-files.js';
import { loadTextEmbedder } from './load-text-embedder.js';

beforeAll(() => setBackend('cpu'));

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const bytes = (text: string) => new TextEncoder().encode(text);
const withFile = (files: Map<string, Uint8Array>, name: string, content: Uint8Array) =>
  new Map(files).set(name, content);

/** The mean of the pieces' rows of the table, in plain arithmetic. */
function meanOf(tokens: readonly string[], unit = true): number[] {
  const rows = tokens.map((token) => pieces.indexOf(token));
  expect(rows).not.toContain(-1);
  const mean = [0, 1, 2].map((j) => rows.reduce((sum, row) => sum + pieceTable[row * 3 + j]!, 0) / rows.length);
  const length = unit ? Math.hypot(...mean) : 1;
  return mean.map((value) => value / length);
}

const expectRow = (data: Float32Array, row: number, expected: readonly number[]) => {
  expected.forEach((value, j) => {
    expect(data[row * 3 + j]).toBeCloseTo(value, 5);
  });
};

describe('a sentence model with a WordPiece vocabulary', () => {
  const files = withFile(modelFiles(denseSentenceModel()), 'vocab.txt', bytes(`${pieces.join('\n')}\n`));

  it('is the mean over the tokens of a text, whatever stands beside it', async () => {
    const embedder = await loadTextEmbedder(files);
    expect(embedder.dim).toBe(3);
    const { data } = await embedder.embed(['A cats', 'dog', 'Katze 猫 a a a']);
    expectRow(data, 0, meanOf(['[CLS]', 'a', 'cat', '##s', '[SEP]']));
    expectRow(data, 1, meanOf(['[CLS]', 'dog', '[SEP]']));
    expectRow(data, 2, meanOf(['[CLS]', 'katze', '猫', 'a', 'a', 'a', '[SEP]']));
    expectRow((await embedder.embed(['dog'])).data, 0, meanOf(['[CLS]', 'dog', '[SEP]']));
    expect((await embedder.embed([])).count).toBe(0);
    embedder.dispose();
    await expect(embedder.embed(['dog'])).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('gives zeros for texts that say nothing, and reads unknown words beside known ones as unknown', async () => {
    const embedder = await loadTextEmbedder(files);
    const { data } = await embedder.embed(['', '   ', 'zebra xylophone', 'dog zebra']);
    expect([...data.subarray(0, 9)]).toEqual(new Array(9).fill(0));
    expectRow(data, 3, meanOf(['[CLS]', 'dog', '[UNK]', '[SEP]']));
  });

  it('takes the first token, lengths as they are, and few tokens, when asked to', async () => {
    const first = await loadTextEmbedder(files, { pooling: 'first', normalize: false });
    expectRow((await first.embed(['dog'])).data, 0, meanOf(['[CLS]'], false));
    const short = await loadTextEmbedder(files, { maxTokens: 3, normalize: false });
    expectRow((await short.embed(['dog cat cat cat'])).data, 0, meanOf(['[CLS]', 'dog', '[SEP]'], false));
    expect(new Set([first.id, short.id, (await loadTextEmbedder(files)).id]).size).toBe(3);
  });

  it('ends with a long text', async () => {
    const embedder = await loadTextEmbedder(files);
    const { data } = await embedder.embed([`cat ${'cat '.repeat(25_000)}`, 'x'.repeat(100_000)]);
    expect(data.slice(0, 3).every(Number.isFinite)).toBe(true);
    expect([...data.slice(3)]).toEqual([0, 0, 0]);
  });

  it('refuses pictures, and what is no tokenizer', async () => {
    const embedder = await loadTextEmbedder(files);
    const picture = createPicture({ data: new Uint8Array(3), width: 1, height: 1, channels: 3 });
    await expect(embedder.embed([picture as unknown as string])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('a picture'),
    });
    await expect(loadTextEmbedder(modelFiles(denseSentenceModel()))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const bad = withFile(modelFiles(denseSentenceModel()), 'tokenizer.json', json({ model: { type: 'Magic' } }));
    await expect(loadTextEmbedder(bad)).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });

  it('is saved with its tokenizer, and opened as the same', async () => {
    const embedder = await loadTextEmbedder(files, { maxTokens: 5 });
    const saved = encoderFiles(createEncoder({ text: embedder }));
    const opened = await loadTextEmbedder(saved);
    expect(opened.id).toBe(embedder.id);
    const texts = ['cats', 'a dog a dog a dog'];
    expect((await opened.embed(texts)).data).toEqual((await embedder.embed(texts)).data);
  });
});

describe('a sentence model with a unigram vocabulary', () => {
  const scored: [string, number][] = [
    ['<unk>', 0],
    ['▁', -4],
    ['▁a', -3],
    ['▁cat', -3],
    ['s', -3],
    ['▁c', -5],
    ['at', -5],
    ['ats', -4.5],
    ['▁dog', -3],
    ['猫', -3],
  ];
  const files = withFile(modelFiles(sparseSentenceModel()), 'vocab.json', json(scored));

  /** The best way to cut, by trying all of them. */
  function bestCut(text: string): number[] {
    let best: { score: number; ids: number[] } = { score: Number.NEGATIVE_INFINITY, ids: [] };
    const cut = (rest: string, ids: number[], score: number) => {
      if (rest === '' && score > best.score) best = { score, ids };
      scored.forEach(([piece, value], id) => {
        if (id > 0 && rest.startsWith(piece)) cut(rest.slice(piece.length), [...ids, id], score + value);
      });
    };
    cut(`▁${text.replaceAll(' ', '▁')}`, [], 0);
    return best.ids;
  }

  it('cuts a text into its likeliest pieces, by indices and values', async () => {
    const embedder = await loadTextEmbedder(files);
    const texts = ['cats', 'a cat a dog', '猫', 'a dogs'];
    const { data } = await embedder.embed(texts);
    texts.forEach((text, row) => {
      expectRow(data, row, meanOf(bestCut(text).map((id) => pieces[id]!)));
    });
    expect(bestCut('cats')).toEqual([3, 4]);
  });

  it('refuses a vocabulary that is none', async () => {
    for (const bad of [[], [['a']], [[1, 2]], {}])
      await expect(
        loadTextEmbedder(withFile(modelFiles(sparseSentenceModel()), 'vocab.json', json(bad))),
      ).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });
});
