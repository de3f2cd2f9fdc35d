import { NearkinError } from '@nearkin/core';
import '@tensorflow/tfjs-backend-cpu';
import { io, memory, setBackend } from '@tensorflow/tfjs-core';
import { model as createModel, input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { artifactsOf, quantize, randomPicture, smallClassifier, smallGraph } from '../../test/small-models.js';
import { modelFiles } from '../models/model-files.js';
import { createImageEmbedder, type ImageEmbedder } from './image-embedder.js';
import { loadImageEmbedder } from './load-image-embedder.js';
import { embedderMetadata } from './save-embedder.js';

beforeAll(() => setBackend('cpu'));

const pictures = [1, 2, 3].map((seed) => randomPicture(seed));
const rows = async (embedder: ImageEmbedder) => [...(await embedder.embed(pictures)).data];
const filesOf = async () => modelFiles(await artifactsOf(smallClassifier()));
const saved = (embedder: ImageEmbedder) => {
  const { model } = embedder;
  if (model.kind === 'function' || !model.artifacts) throw new NearkinError('UNSUPPORTED', 'no artifacts');
  return modelFiles(model.artifacts, { metadata: { embedder: embedderMetadata(embedder) } });
};

describe('loadImageEmbedder', () => {
  it('finds the layer before the head of a LayersModel and leaves the head out', async () => {
    const embedder = await loadImageEmbedder(await filesOf());
    expect(embedder.dim).toBe(4);
    expect(embedder.id).toMatch(/^layers-4-[0-9a-f]{32}$/);
    expect(embedder.preprocessing).toMatchObject({ width: 8, height: 8 });
    if (embedder.model.kind !== 'layers') throw new NearkinError('UNSUPPORTED', 'kind');
    expect(embedder.model.artifacts!.weightSpecs!.map(({ name }) => name)).toEqual(['maps/kernel', 'maps/bias']);
    expect(embedder.model.model.layers.map(({ name }) => name)).toEqual(['picture', 'maps', 'pooled']);
  });

  it('takes a linear end for the embedding, and softmax behind it for a head', async () => {
    const picture = input({ shape: [4, 4, 3] });
    const pooled = layers
      .globalAveragePooling2d({ name: 'pooled', dataFormat: 'channelsLast' })
      .apply(picture) as SymbolicTensor;
    const ends: [string, SymbolicTensor][] = [
      ['projection', layers.dense({ units: 2, name: 'projection' }).apply(pooled) as SymbolicTensor],
      [
        'flat',
        layers
          .flatten({ name: 'flat' })
          .apply(
            layers
              .conv2d({ filters: 2, kernelSize: 1, name: 'conv' })
              .apply(layers.reshape({ targetShape: [1, 1, 3], name: 'map' }).apply(pooled) as SymbolicTensor),
          ) as SymbolicTensor,
      ],
    ];
    for (const [end, outputs] of ends) {
      const files = modelFiles(await artifactsOf(createModel({ inputs: picture, outputs })));
      expect((await loadImageEmbedder(files)).dim).toBe(2);
      expect((await loadImageEmbedder(files, { layer: end })).dim).toBe(2);
      expect((await loadImageEmbedder(files, { layer: 'pooled' })).dim).toBe(3);
    }
    const scores = layers.activation({ activation: 'softmax' }).apply(ends[0]![1]) as SymbolicTensor;
    const files = modelFiles(await artifactsOf(createModel({ inputs: picture, outputs: scores })));
    expect((await loadImageEmbedder(files)).dim).toBe(3);
  });

  it('averages spatial layers: the same numbers as the pooling layer behind them', async () => {
    const files = await filesOf();
    const pooled = await loadImageEmbedder(files, { layer: 'pooled' });
    const maps = await loadImageEmbedder(files, { layer: 'maps' });
    expect(await rows(maps)).toEqual(await rows(pooled));
    expect(maps.id).not.toBe(pooled.id);
  });

  it('finds the node before the head of a GraphModel, and runs nothing behind it', async () => {
    const embedder = await loadImageEmbedder(modelFiles(smallGraph()));
    if (embedder.model.kind !== 'graph') throw new NearkinError('UNSUPPORTED', 'kind');
    expect(embedder.model.outputNode).toBe('pooled');
    expect(
      (embedder.model.artifacts.modelTopology as { node: { name: string }[] }).node.map(({ name }) => name),
    ).toEqual(['picture', 'kernel', 'axes', 'maps', 'positive', 'pooled']);
    // conv 1x1 by hand: two channels of weights 0.5, 0.25, -0.5 and -1, 0.75, 1 on x / 127.5 - 1.
    const { data } = pictures[0]!;
    const expected = [0, 0];
    for (let i = 0; i < 64; i++) {
      const [r, g, b] = [0, 1, 2].map((c) => data[i * 3 + c]! / 127.5 - 1) as [number, number, number];
      expected[0]! += Math.max(0, 0.5 * r + 0.25 * g - 0.5 * b) / 64;
      expected[1]! += Math.max(0, -r + 0.75 * g + b) / 64;
    }
    const [first] = [await embedder.embed(pictures.slice(0, 1))];
    expect(first!.data[0]).toBeCloseTo(expected[0]!, 5);
    expect(first!.data[1]).toBeCloseTo(expected[1]!, 5);
  });

  it('looks through Identity nodes, before and behind the head', async () => {
    const float = { T: { type: 'DT_FLOAT' } };
    const identity = (name: string, from: string) => ({ name, op: 'Identity', input: [from], attr: float });
    const graph = (head: boolean) => {
      const artifacts = smallGraph({ head });
      const { node } = artifacts.modelTopology as { node: { name: string; input?: string[] }[] };
      node.push(identity('Identity', head ? 'answer' : 'pooled'));
      const logits = node.find(({ name }) => name === 'logits');
      if (logits) {
        node.push(identity('between', 'pooled'));
        logits.input = ['between', 'head'];
      }
      return modelFiles(artifacts);
    };
    const plain = await rows(await loadImageEmbedder(modelFiles(smallGraph())));
    for (const head of [true, false]) {
      const embedder = await loadImageEmbedder(graph(head));
      expect(embedder.dim).toBe(2);
      expect(await rows(embedder)).toEqual(plain);
    }
  });

  it('averages spatial nodes inside the graph', async () => {
    const files = modelFiles(smallGraph());
    const pooled = await loadImageEmbedder(files);
    const maps = await loadImageEmbedder(files, { layer: 'positive' });
    const expected = await rows(pooled);
    for (const [i, value] of (await rows(maps)).entries()) expect(value).toBeCloseTo(expected[i]!, 6);
    expect(maps.model).toMatchObject({ kind: 'graph', outputNode: 'positive_pool' });
  });

  it('runs models that fix their batch one piece at a time, padded', async () => {
    const open = await rows(await loadImageEmbedder(modelFiles(smallGraph())));
    for (const batch of [1, 2]) {
      const fixed = await rows(await loadImageEmbedder(modelFiles(smallGraph({ batch }))));
      for (const [i, value] of fixed.entries()) expect(value).toBeCloseTo(open[i]!, 6);
    }
  });

  it('keeps its identity and its numbers when saved and loaded, and loads through an IOHandler', async () => {
    for (const files of [await filesOf(), modelFiles(smallGraph())])
      for (const layer of [
        undefined,
        files.size > 0 && new TextDecoder().decode(files.get('model.json')).includes('positive') ? 'positive' : 'maps',
      ]) {
        const embedder = await loadImageEmbedder(files, { layer, preprocessing: { fit: 'pad', mean: [1, 2, 3] } });
        const again = await loadImageEmbedder(saved(embedder));
        expect(again.id).toBe(embedder.id);
        expect(again.preprocessing).toEqual(embedder.preprocessing);
        expect(await rows(again)).toEqual(await rows(embedder));
        // Computed anew instead of read from the file, it is the same.
        const computed = await loadImageEmbedder(saved(embedder), { preprocessing: embedder.preprocessing });
        expect(computed.id).toBe(embedder.id);
        if (embedder.model.kind === 'function') continue;
        const through = await loadImageEmbedder(io.fromMemory(embedder.model.artifacts!), {
          preprocessing: embedder.preprocessing,
        });
        expect(through.id).toBe(embedder.id);
      }
  });

  it('keeps the identities that saved files and galleries carry', async () => {
    const { id } = await loadImageEmbedder(modelFiles(smallGraph()), {
      preprocessing: { fit: 'pad', mean: [1, 2, 3] },
    });
    expect(id).toBe('graph-2-44fcd6825be447ec23f5414ac0655825');
  });

  it('has another identity for other weights, layers and preprocessing', async () => {
    const artifacts = await artifactsOf(smallClassifier());
    const ids = [
      (await loadImageEmbedder(modelFiles(artifacts))).id,
      (await loadImageEmbedder(modelFiles(await artifactsOf(smallClassifier({ seed: 2 }))))).id,
      (await loadImageEmbedder(modelFiles(artifacts), { layer: 'answer' })).id,
      (await loadImageEmbedder(modelFiles(artifacts), { preprocessing: { fit: 'squash' } })).id,
      (await loadImageEmbedder(modelFiles(quantize(artifacts, 'uint16')))).id,
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect((await loadImageEmbedder(modelFiles(artifacts))).id).toBe(ids[0]);
    expect((await loadImageEmbedder(modelFiles(artifacts), { id: 'mine' })).id).toBe('mine');
    const memory = createImageEmbedder({ kind: 'layers', model: smallClassifier({ spatial: false }) });
    expect(memory.id).toBe(ids[2]);
  });

  it.each([
    ['uint8', 0.02],
    ['uint16', 1e-4],
    ['float16', 2e-3],
  ] as const)('reads weights stored as %s', async (dtype, tolerance) => {
    const artifacts = await artifactsOf(smallClassifier());
    const exact = await rows(await loadImageEmbedder(modelFiles(artifacts)));
    const stored = quantize(artifacts, dtype);
    expect((stored.weightData as ArrayBuffer).byteLength).toBeLessThan(
      (artifacts.weightData as ArrayBuffer).byteLength,
    );
    const rough = await rows(await loadImageEmbedder(modelFiles(stored)));
    for (const [i, value] of rough.entries()) expect(Math.abs(value - exact[i]!)).toBeLessThan(tolerance);
    expect(rough).not.toEqual(exact);
  });

  it('reads weights in several files and groups', async () => {
    const files = await filesOf();
    const whole = await rows(await loadImageEmbedder(files));
    const json = JSON.parse(new TextDecoder().decode(files.get('model.json')));
    const [{ paths, weights }] = json.weightsManifest;
    const bytes = files.get(paths[0])!;
    json.weightsManifest = [
      { paths: ['sub/a.bin', 'b.bin'], weights: weights.slice(0, 2) },
      { paths: ['c.bin'], weights: weights.slice(2) },
    ];
    const cut = (4 * 27 + 4) * 4;
    const split = new Map([
      ['model.json', new TextEncoder().encode(JSON.stringify(json))],
      ['sub/a.bin', bytes.slice(0, 101)],
      ['b.bin', bytes.slice(101, cut)],
      ['c.bin', bytes.slice(cut)],
    ]);
    expect(await rows(await loadImageEmbedder(split))).toEqual(whole);
  });

  it('tells how far it is, and stops when told', async () => {
    const files = await filesOf();
    const seen: number[] = [];
    await loadImageEmbedder(files, { onProgress: ({ done, total }) => seen.push(done, total!) });
    expect(seen).toEqual([1, 2, 2, 2]);
    await expect(loadImageEmbedder(files, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('leaves no tensors behind when it fails or is disposed of', async () => {
    const files = await filesOf();
    const before = memory().numTensors;
    (await loadImageEmbedder(files)).dispose();
    (await loadImageEmbedder(modelFiles(smallGraph()))).dispose();
    (await loadImageEmbedder(files, { layer: 'maps' })).dispose();
    await loadImageEmbedder(files, { preprocessing: { width: 9 } }).catch(() => {});
    expect(memory().numTensors).toBe(before);
  });
});
