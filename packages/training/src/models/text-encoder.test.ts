import '@tensorflow/tfjs-backend-cpu';
import { createHashedTextEmbedder, hashTextFeatures } from '@nearkin/embedders';
import { memory, setBackend, tensor2d, tidy } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { quantizeTextParts } from './quantize-text-parts.js';
import { createTextEncoder } from './text-encoder.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const options = { dim: 8, width: 6, hidden: 10, rows: 128, seed: 4 };
const texts = ['red apple', 'गुलाब का फूल', '赤いリンゴ'];

describe('createTextEncoder', () => {
  it('gives what the embedder made of its parts gives', async () => {
    const encoder = createTextEncoder(options);
    const rows = texts.map((text) => hashTextFeatures(text, encoder.hashing).rows);
    const trained = tidy(() =>
      encoder.forward(tensor2d(encoder.table.sum(rows), [3, 6]), { training: false, seed: 0 }).dataSync(),
    );
    const embedder = createHashedTextEmbedder(await encoder.parts());
    const { data } = await embedder.embed(texts);
    data.forEach((value, i) => {
      expect(value).toBeCloseTo(trained[i]!, 5);
    });
    encoder.dispose();
  });

  it('keeps its directions in a byte a number', async () => {
    const encoder = createTextEncoder({ ...options, width: 64, hidden: 64, dim: 32 });
    const parts = await encoder.parts();
    const small = quantizeTextParts(parts);
    expect(small.table.data).toBeInstanceOf(Uint8Array);
    expect(small.hiddenBias.data).toBeInstanceOf(Float32Array);
    const [a, b] = await Promise.all([parts, small].map((one) => createHashedTextEmbedder(one).embed(texts)));
    for (let text = 0; text < 3; text++) {
      let cosine = 0;
      for (let i = 0; i < 32; i++) cosine += a!.data[text * 32 + i]! * b!.data[text * 32 + i]!;
      expect(cosine).toBeGreaterThan(0.999);
    }
    encoder.dispose();
  });

  it('is the same for the same seed and leaves no tensors', async () => {
    const before = memory().numTensors;
    const [a, b, c] = [
      createTextEncoder(options),
      createTextEncoder(options),
      createTextEncoder({ ...options, seed: 5 }),
    ];
    expect(a.table.values).toEqual(b.table.values);
    expect(a.table.values).not.toEqual(c.table.values);
    expect((await a.parts()).output).toEqual((await b.parts()).output);
    for (const encoder of [a, b, c]) {
      encoder.dispose();
      encoder.dispose();
    }
    expect(memory().numTensors).toBe(before);
  });
});
