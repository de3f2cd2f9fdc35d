import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { artifactsOf, randomPicture, smallClassifier } from '../../test/small-models.js';
import { modelFiles } from '../models/model-files.js';
import { fromFunction } from './from-function.js';
import { createImageEmbedder } from './image-embedder.js';
import { loadImageEmbedder } from './load-image-embedder.js';
import { embedderMetadata } from './save-embedder.js';

beforeAll(() => setBackend('cpu'));

const small = (options = {}) =>
  createImageEmbedder({ kind: 'layers', model: smallClassifier({ side: 4 }) }, { ownsModel: true, ...options });
const picture = (seed: number) => randomPicture(seed, 4, 4);

describe('createImageEmbedder', () => {
  it('gives the same rows whatever the batches', async () => {
    const pictures = [1, 2, 3, 4, 5].map(picture);
    const whole = await small({ batchSize: 16 }).embed(pictures);
    const pieces = await small({ batchSize: 2 }).embed(pictures);
    expect([whole.count, whole.dim]).toEqual([5, 5]);
    expect(pieces).toEqual(whole);
    expect((await small().embed([])).count).toBe(0);
  });

  it('holds no more tensors after a thousand calls', async () => {
    const embedder = small();
    await embedder.embed([picture(0)]);
    const before = memory().numTensors;
    for (let i = 0; i < 1000; i++) await embedder.embed([picture(i)]);
    expect(memory().numTensors).toBe(before);
    embedder.dispose();
  });

  it('stops between batches', async () => {
    const embedder = small({ batchSize: 1 });
    const controller = new AbortController();
    let read = 0;
    const inputs = Array.from({ length: 50 }, (_, i) => picture(i));
    const watched = new Proxy(inputs, {
      get(target, key, receiver) {
        if (key === 'slice' && ++read === 3) controller.abort();
        return Reflect.get(target, key, receiver);
      },
    });
    await expect(embedder.embed(watched, { signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(read).toBeLessThan(6);
  });

  it('names a bad picture and goes on with good ones', async () => {
    const embedder = small();
    const bad = { data: new Uint8Array(5), width: 4, height: 4, channels: 3 } as const;
    await expect(embedder.embed([picture(1), bad])).rejects.toMatchObject({ code: 'BAD_PICTURE' });
    await expect(embedder.embed([5 as never])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await embedder.embed([picture(1)])).count).toBe(1);
  });

  it('frees only what it owns', async () => {
    const before = memory().numTensors;
    const model = smallClassifier({ side: 4 });
    const [a, b] = [createImageEmbedder({ kind: 'layers', model }), createImageEmbedder({ kind: 'layers', model })];
    a.dispose();
    a.dispose();
    await expect(a.embed([picture(1)])).rejects.toMatchObject({ code: 'DISPOSED' });
    expect((await b.embed([picture(1)])).count).toBe(1);
    b.dispose();
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('feeds grey pictures to a model of one channel, and no others', async () => {
    const picture = input({ shape: [4, 4, 1] });
    const make = () => model({ inputs: picture, outputs: layers.flatten().apply(picture) as SymbolicTensor });
    const plain = { mean: [0, 0, 0], std: [1, 1, 1] } as const;
    const embedder = createImageEmbedder({ kind: 'layers', model: make() }, { preprocessing: plain });
    expect(embedder.preprocessing.colorOrder).toBe('gray');
    expect(embedder.dim).toBe(16);
    const given = randomPicture(3, 4, 4);
    const { data } = await embedder.embed([given, given]);
    expect(data[17]).toBeCloseTo(0.299 * given.data[3]! + 0.587 * given.data[4]! + 0.114 * given.data[5]!, 3);
    const colored = { preprocessing: { colorOrder: 'rgb' } } as const;
    expect(() => createImageEmbedder({ kind: 'layers', model: make() }, colored)).toThrow(
      /reads 1 channel, .* makes 3/,
    );
    expect(() => small({ preprocessing: { colorOrder: 'gray' } })).toThrow(/reads 3 channels, .* makes 1/);
  });

  it('saves centring with the model, as a part of its identity', async () => {
    const made = smallClassifier({ side: 4 });
    const centered = createImageEmbedder({ kind: 'layers', model: made }, { preprocessing: { center: 'mass' } });
    expect(centered.id).not.toBe(createImageEmbedder({ kind: 'layers', model: made }).id);
    const files = modelFiles(await artifactsOf(made), { metadata: { embedder: embedderMetadata(centered) } });
    const again = await loadImageEmbedder(files);
    expect([again.id, again.preprocessing]).toEqual([centered.id, centered.preprocessing]);
    expect(await again.embed([picture(1)])).toEqual(await centered.embed([picture(1)]));
  });

  it('checks its options', () => {
    expect(() => small({ batchSize: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(() => small({ preprocessing: { width: 5 } })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('fromFunction', () => {
  it('takes rows, flat numbers and vectors, and nothing else', async () => {
    const answers = {
      rows: [
        [1, 2],
        [3, 4],
      ],
      flat: Float32Array.of(1, 2, 3, 4),
    };
    for (const answer of Object.values(answers))
      expect([...(await fromFunction(() => answer, { id: 'f', dim: 2 }).embed(['a', 'b'])).data]).toEqual([1, 2, 3, 4]);
    for (const wrong of [[[1, 2]], [[1], [2]], Float32Array.of(1)])
      await expect(fromFunction(() => wrong, { id: 'f', dim: 2 }).embed(['a', 'b'])).rejects.toMatchObject({
        code: 'DIMENSION_MISMATCH',
      });
    expect(() => fromFunction(() => [], { id: '', dim: 2 })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('is disposed of once', async () => {
    let times = 0;
    const embedder = fromFunction(() => [[1]], { id: 'f', dim: 1, dispose: () => times++ });
    embedder.dispose();
    embedder.dispose();
    expect(times).toBe(1);
    await expect(embedder.embed(['a'])).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
