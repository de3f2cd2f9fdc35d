import type { NearkinErrorCode } from '@nearkin/core';
import '@tensorflow/tfjs-backend-cpu';
import { type io, memory, setBackend } from '@tensorflow/tfjs-core';
import { model as createModel, input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { artifactsOf, randomPicture, smallClassifier, smallGraph } from '../../test/small-models.js';
import { loadImageEmbedder } from '../image/load-image-embedder.js';
import { modelFiles } from './model-files.js';

beforeAll(() => setBackend('cpu'));

// biome-ignore lint/suspicious/noExplicitAny: these tests break models in every place
type Json = Record<string, any>;
type Files = Map<string, Uint8Array>;
const json = (files: Files): Json => JSON.parse(new TextDecoder().decode(files.get('model.json')));
const weights = (files: Files) => [...files.keys()].find((name) => name !== 'model.json')!;

/** A model of files, spoilt in one place. */
const spoil = (artifacts: io.ModelArtifacts, change: (json: Json, files: Files) => void): Files => {
  const files = modelFiles(artifacts);
  const content = json(files);
  change(content, files);
  if (files.has('model.json')) files.set('model.json', new TextEncoder().encode(JSON.stringify(content)));
  return files;
};
const layer = (content: Json, name: string) =>
  content['modelTopology'].config.layers.find((one: Json) => one['config'].name === name).config;

describe('model files that are not whole', () => {
  const cases: [string, NearkinErrorCode, (json: Json, files: Files) => void][] = [
    ['no model.json', 'NOT_FOUND', (_, files) => files.delete('model.json')],
    ['no weights', 'BAD_MODEL', (_, files) => files.delete(weights(files))],
    ['short weights', 'BAD_MODEL', (_, files) => files.set(weights(files), files.get(weights(files))!.slice(0, -4))],
    [
      'surplus weights',
      'BAD_MODEL',
      (_, files) => files.set(weights(files), new Uint8Array(files.get(weights(files))!.length + 4)),
    ],
    ['a path that climbs', 'UNSAFE_PATH', (content) => (content['weightsManifest'][0].paths[0] = '../../etc/passwd')],
    ['an absolute path', 'UNSAFE_PATH', (content) => (content['weightsManifest'][0].paths[0] = '/etc/passwd')],
    ['a path of another system', 'UNSAFE_PATH', (content) => (content['weightsManifest'][0].paths[0] = 'C:\\w.bin')],
    ['no paths', 'BAD_MODEL', (content) => delete content['weightsManifest'][0].paths],
    ['no manifest', 'BAD_MODEL', (content) => delete content['weightsManifest']],
    ['a null group', 'BAD_MODEL', (content) => (content['weightsManifest'] = [null])],
    ['no topology', 'BAD_MODEL', (content) => delete content['modelTopology']],
    ['an empty topology', 'BAD_MODEL', (content) => (content['modelTopology'] = {})],
    ['no layers', 'BAD_MODEL', (content) => (content['modelTopology'].config.layers = [])],
    ['a null layer', 'BAD_MODEL', (content) => (content['modelTopology'].config.layers = [null])],
    ['an unknown layer', 'BAD_MODEL', (content) => (content['modelTopology'].config.layers[1].class_name = 'Nonsense')],
    [
      'two layers of one name',
      'BAD_MODEL',
      (content) => content['modelTopology'].config.layers.push(content['modelTopology'].config.layers[1]),
    ],
    ['a negative shape', 'BAD_MODEL', (content) => (content['weightsManifest'][0].weights[0].shape[0] = -3)],
    ['a broken shape', 'BAD_MODEL', (content) => (content['weightsManifest'][0].weights[0].shape = 'large')],
    ['a huge shape', 'BAD_MODEL', (content) => (content['weightsManifest'][0].weights[0].shape = [2 ** 30, 2 ** 30])],
    ['an unknown type', 'BAD_MODEL', (content) => (content['weightsManifest'][0].weights[0].dtype = 'float7')],
    ['a nameless weight', 'BAD_MODEL', (content) => delete content['weightsManifest'][0].weights[0].name],
    [
      'a weight of another name',
      'BAD_MODEL',
      (content) => (content['weightsManifest'][0].weights[0].name = 'maps/nothing'),
    ],
    ['a weight twice', 'BAD_MODEL', (content) => (content['weightsManifest'][0].weights[1].name = 'maps/kernel')],
    [
      'quantisation without sense',
      'BAD_MODEL',
      (content) => (content['weightsManifest'][0].weights[0].quantization = { dtype: 'uint8', scale: 1e308, min: 0 }),
    ],
    [
      'quantisation of an unknown type',
      'BAD_MODEL',
      (content) => (content['weightsManifest'][0].weights[0].quantization = { dtype: 'int4', scale: 1, min: 0 }),
    ],
    [
      'quantisation that is null',
      'BAD_MODEL',
      (content) => (content['weightsManifest'][0].weights[0].quantization = null),
    ],
    ['more filters than weights', 'BAD_MODEL', (content) => (layer(content, 'maps').filters = 2 ** 40)],
    ['a negative kernel', 'BAD_MODEL', (content) => (layer(content, 'maps').kernel_size = [-3, 3])],
    [
      'a huge input',
      'BAD_MODEL',
      (content) => (layer(content, 'picture').batch_input_shape = [null, 2 ** 20, 2 ** 20, 3]),
    ],
    [
      'an input without sides',
      'BAD_MODEL',
      (content) => (layer(content, 'picture').batch_input_shape = [null, 0, 0, 3]),
    ],
    ['an input of another rank', 'BAD_MODEL', (content) => (layer(content, 'picture').batch_input_shape = [null, 24])],
    ['a grey input', 'BAD_MODEL', (content) => (layer(content, 'picture').batch_input_shape = [null, 8, 8, 1])],
    [
      'preprocessing that is none',
      'BAD_MODEL',
      (content) =>
        (content['userDefinedMetadata'].nearkin.embedder = {
          version: 1,
          id: 'x',
          layer: 'pooled',
          preprocessing: { width: -1 },
        }),
    ],
    [
      'a newer version',
      'UNSUPPORTED_VERSION',
      (content) => (content['userDefinedMetadata'].nearkin.embedder = { version: 2 }),
    ],
  ];
  it.each(cases)('%s: %s', async (_, code, change) => {
    const files = spoil(await artifactsOf(smallClassifier()), change);
    await expect(loadImageEmbedder(files)).rejects.toMatchObject({ name: 'NearkinError', code });
  });

  it('a JSON that is none', async () => {
    for (const text of ['', 'hello', '[]', 'null', '{"modelTopology": 5}', '<html></html>']) {
      const files = new Map([['model.json', new TextEncoder().encode(text)]]);
      await expect(loadImageEmbedder(files), text).rejects.toMatchObject({ code: 'BAD_MODEL' });
    }
  });
});

describe('graphs that are not whole', () => {
  const node = (content: Json, name: string) => content['modelTopology'].node.find((one: Json) => one['name'] === name);
  const cases: [string, NearkinErrorCode, (json: Json, files: Files) => void][] = [
    ['no nodes', 'BAD_MODEL', (content) => (content['modelTopology'].node = [])],
    ['nodes that are none', 'BAD_MODEL', (content) => (content['modelTopology'].node = [5])],
    ['a node that reads nothing there is', 'BAD_MODEL', (content) => (node(content, 'maps').input[0] = 'nowhere')],
    ['no picture', 'BAD_MODEL', (content) => (node(content, 'maps').input[0] = 'kernel')],
    ['an input of another rank', 'BAD_MODEL', (content) => node(content, 'picture').attr.shape.shape.dim.pop()],
    ['an input of no shape', 'BAD_MODEL', (content) => delete node(content, 'picture').attr.shape],
    [
      'a huge input',
      'INVALID_ARGUMENT',
      (content) => (node(content, 'picture').attr.shape.shape.dim[1].size = '99999999'),
    ],
    ['an op nobody knows', 'UNSUPPORTED_OP', (content) => (node(content, 'positive').op = 'Nonsense')],
    [
      'weights of another shape',
      'BAD_MODEL',
      (content) => (content['weightsManifest'][0].weights[0].shape = [1, 1, 2, 3]),
    ],
    ['a circle', 'BAD_MODEL', (content) => (node(content, 'maps').input[0] = 'positive')],
  ];
  it.each(cases)('%s: %s', async (_, code, change) => {
    await expect(loadImageEmbedder(spoil(smallGraph(), change), { layer: 'pooled' })).rejects.toMatchObject({
      name: 'NearkinError',
      code,
    });
  });
});

describe('models that are no embedders', () => {
  it('does not walk in circles', async () => {
    const files = spoil(smallGraph(), (content) => {
      for (const [name, from] of [
        ['logits', 'answer'],
        ['answer', 'logits'],
      ] as const)
        Object.assign(
          content['modelTopology'].node.find((one: Json) => one['name'] === name),
          { op: 'Identity', input: [from] },
        );
      content['signature'] = { outputs: { answer: { name: 'answer' } } };
    });
    await expect(loadImageEmbedder(files)).rejects.toMatchObject({ code: 'BAD_MODEL' });
    const loop = spoil(await artifactsOf(smallClassifier()), (content) => {
      const { layers: list } = content['modelTopology'].config;
      list.push({
        class_name: 'Dropout',
        name: 'loop',
        config: { name: 'loop', rate: 0.5 },
        inbound_nodes: [[['loop', 0, 0, {}]]],
      });
      content['modelTopology'].config.output_layers = [['loop', 0, 0]];
    });
    await expect(loadImageEmbedder(loop)).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });

  it('lists layers when the one asked for is not there', async () => {
    const error = { code: 'UNKNOWN_LAYER', message: expect.stringContaining('pooled') };
    await expect(
      loadImageEmbedder(modelFiles(await artifactsOf(smallClassifier())), { layer: 'nope' }),
    ).rejects.toMatchObject(error);
    await expect(loadImageEmbedder(modelFiles(smallGraph()), { layer: 'nope' })).rejects.toMatchObject(error);
  });

  it('says which layer is applied several times', async () => {
    const picture = input({ shape: [4, 4, 3] });
    const shared = layers.globalAveragePooling2d({ name: 'shared', dataFormat: 'channelsLast' });
    const doubled = layers.add().apply([picture, picture]) as SymbolicTensor;
    const both = layers.add({ name: 'both' }).apply([shared.apply(picture), shared.apply(doubled)] as SymbolicTensor[]);
    const files = modelFiles(await artifactsOf(createModel({ inputs: picture, outputs: both as SymbolicTensor })));
    await expect(loadImageEmbedder(files, { layer: 'shared' })).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringContaining('shared is applied 2 times'),
    });
    // Behind both uses there is one output again: the mean colour, three times.
    const { data } = await (await loadImageEmbedder(files)).embed([randomPicture(1, 4, 4)]);
    const mean = layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(picture) as SymbolicTensor;
    const plain = modelFiles(await artifactsOf(createModel({ inputs: picture, outputs: mean })));
    const once = await (await loadImageEmbedder(plain)).embed([randomPicture(1, 4, 4)]);
    for (const [i, value] of data.entries()) expect(value).toBeCloseTo(3 * once.data[i]!, 5);
  });

  it('asks for the size where the model leaves it open', async () => {
    const picture = input({ shape: [null, null, 3] as never });
    const pooled = layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(picture) as SymbolicTensor;
    const files = modelFiles(await artifactsOf(createModel({ inputs: picture, outputs: pooled })));
    await expect(loadImageEmbedder(files)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await loadImageEmbedder(files, { preprocessing: { width: 6, height: 4 } })).dim).toBe(3);
  });

  it('leaves no tensors behind', async () => {
    const before = memory().numTensors;
    const artifacts = smallGraph();
    await loadImageEmbedder(spoil(artifacts, (content) => (content['modelTopology'].node[4].op = 'Nonsense'))).catch(
      () => {},
    );
    expect(memory().numTensors).toBe(before);
  });
});
