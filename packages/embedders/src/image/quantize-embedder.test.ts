import '@tensorflow/tfjs-backend-cpu';
import { createRng, NearkinError } from '@nearkin/core';
import { memory, setBackend, tensor } from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomPicture } from '../../test/small-models.js';
import { modelFiles } from '../models/model-files.js';
import { createImageEmbedder, type ImageEmbedder } from './image-embedder.js';
import { loadImageEmbedder } from './load-image-embedder.js';
import { quantizeEmbedder } from './quantize-embedder.js';
import { embedderMetadata } from './save-embedder.js';

beforeAll(() => setBackend('cpu'));

/** flatten, dense 1200 -> 4 with a bias: 4,800 numbers and 4. */
function dense(fill?: number): ImageEmbedder {
  const picture = input({ shape: [20, 20, 3] });
  const layer = layers.dense({ units: 4, kernelInitializer: 'zeros', name: 'wide' });
  const made = model({ inputs: picture, outputs: layer.apply(layers.flatten().apply(picture)) as SymbolicTensor });
  const rng = createRng(3);
  const kernel = tensor(
    Float32Array.from({ length: 4800 }, () => fill ?? rng.normal() / 30),
    [1200, 4],
  );
  const bias = tensor([0.1, 0.2, 0.3, 0.4]);
  layer.setWeights([kernel, bias]);
  kernel.dispose();
  bias.dispose();
  return createImageEmbedder({ kind: 'layers', model: made }, { preprocessing: { fit: 'pad' }, ownsModel: true });
}

const pictures = [1, 2].map((seed) => randomPicture(seed, 20, 20));
const weightsOf = (embedder: ImageEmbedder) => {
  if (embedder.model.kind !== 'layers') throw new NearkinError('UNSUPPORTED', 'kind');
  return embedder.model.model.getWeights().map((weight) => weight.dataSync());
};

describe('quantizeEmbedder', () => {
  it.each([
    ['uint8', 255, 1],
    ['uint16', 65_535, 2],
  ] as const)('rounds large weights to even steps as %s', async (dtype, steps, bytes) => {
    const embedder = dense();
    const small = await quantizeEmbedder(embedder, dtype);
    const [kernel, bias] = weightsOf(embedder);
    const [rough, same] = weightsOf(small);
    const step = (Math.max(...kernel!) - Math.min(...kernel!)) / steps;
    for (const [i, value] of kernel!.entries()) expect(Math.abs(rough![i]! - value)).toBeLessThan(step * 0.501 + 1e-7);
    expect(Math.max(...kernel!.map((value, i) => Math.abs(rough![i]! - value)))).toBeGreaterThan(step * 0.4);
    expect(same).toEqual(bias);
    expect(small.id).not.toBe(embedder.id);
    expect(small.preprocessing).toEqual(embedder.preprocessing);
    if (small.model.kind !== 'layers') throw new NearkinError('UNSUPPORTED', 'kind');
    expect((small.model.artifacts!.weightData as ArrayBuffer).byteLength).toBe(4800 * bytes + 16);
  });

  it('gives what its saved files give, and can be done twice', async () => {
    const small = await quantizeEmbedder(dense(), 'uint8');
    if (small.model.kind !== 'layers') throw new NearkinError('UNSUPPORTED', 'kind');
    const files = modelFiles(small.model.artifacts!, { metadata: { embedder: embedderMetadata(small) } });
    const again = await loadImageEmbedder(files);
    expect(again.id).toBe(small.id);
    expect(await again.embed(pictures)).toEqual(await small.embed(pictures));
    expect((await quantizeEmbedder(again, 'uint16')).id).toBe(small.id);
  });

  it('keeps a weight of equal numbers', async () => {
    const small = await quantizeEmbedder(dense(0.25), 'uint8');
    expect(weightsOf(small)[0]!.every((value) => value === 0.25)).toBe(true);
  });

  it('leaves the given embedder whole, and no tensors behind', async () => {
    const embedder = dense();
    const before = memory().numTensors;
    const vectors = await embedder.embed(pictures);
    (await quantizeEmbedder(embedder, 'uint8')).dispose();
    expect(await embedder.embed(pictures)).toEqual(vectors);
    expect(memory().numTensors).toBe(before);
  });

  it('refuses other types, and embedders without a model', async () => {
    await expect(quantizeEmbedder(dense(), 'int4' as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const far = { ...dense(), model: { kind: 'function' } } as ImageEmbedder;
    await expect(quantizeEmbedder(far, 'uint8')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});
