import { describe, expect, it } from 'vitest';
import { randomGallery, smallClassifier, tinyEmbedder } from '../../test/small-models.js';
import { exportTflite } from '../export/export-tflite.js';
import { describeTflite } from '../metadata/describe-tflite.js';
import { createFlatWriter, type FlatWriter, type Place } from './flat-writer.js';
import { createGraphBuilder } from './graph.js';
import { readModel } from './read-model.js';
import { Buffer, Model, modelIdentifier, SignatureDef, SubGraph, TensorMap } from './schema.js';
import { writeModel } from './write-model.js';

/** The tiny model with another root, made by the writer of new roots. */
function withRoot(
  fields: (writer: FlatWriter, place: (position: number) => Place) => Parameters<FlatWriter['table']>[0],
) {
  const { bytes } = tinyEmbedder();
  const { root } = readModel(bytes);
  const writer = createFlatWriter(bytes.length + 4096);
  writer.tail(bytes);
  const more = fields(writer, writer.placeOf);
  const version = more.some(([slot]) => slot === Model.version) ? [] : [[Model.version, 'uint32', 3] as const];
  return writer.finish(writer.tableLike(root, Model.signatureDefs, [...version, ...more]), modelIdentifier);
}

const subgraphPlace = (place: (position: number) => Place) => place(readModel(tinyEmbedder().bytes).subgraph.position);

describe('models that are not taken', () => {
  it.each([
    [
      'UNSUPPORTED',
      'several subgraphs',
      (writer: FlatWriter, place: (position: number) => Place) => {
        const one = subgraphPlace(place);
        return [[Model.subgraphs, 'place', writer.places([one, one])]] as const;
      },
    ],
    ['UNSUPPORTED', 'no subgraph', (writer: FlatWriter) => [[Model.subgraphs, 'place', writer.places([])]] as const],
    [
      'UNSUPPORTED',
      'buffers in other files',
      (writer: FlatWriter) => {
        const other = writer.table([]);
        return [[Model.externalBuffers, 'place', writer.places([other])]] as const;
      },
    ],
    [
      'UNSUPPORTED',
      'buffers behind the tables',
      (writer: FlatWriter) => {
        // Two halves of a 64-bit number, as far as the reader can tell.
        const far = writer.table([
          [Buffer.size, 'int32', 16],
          [Buffer.offset, 'int32', 4096],
        ]);
        return [[Model.buffers, 'place', writer.places([far, far, far, far, far])]] as const;
      },
    ],
    ['UNSUPPORTED_VERSION', 'another schema', () => [[Model.version, 'uint32', 4]] as const],
  ] as const)('%s: %s', (code, _, fields) => {
    const bytes = withRoot(fields as never);
    expect(() => describeTflite(bytes)).toThrow(expect.objectContaining({ code }));
    expect(() => exportTflite(smallClassifier(randomGallery(2, () => 1)), bytes)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('a quantised embedding that states no scale is a BAD_MODEL', () => {
    const graph = createGraphBuilder(0);
    const image = graph.tensor({ name: 'image', shape: [1, 16], type: 'uint8' });
    const output = graph.tensor({ name: 'embedding', shape: [1, 16], type: 'uint8' });
    graph.operator({ op: 'RESHAPE', inputs: [image], outputs: [output], options: { shape: [1, 16] } });
    const parts = { description: '', metadata: new Map(), outputName: 'embedding' };
    const bytes = writeModel(graph.finish({ inputs: [image], outputs: [output] }), parts);
    const classifier = smallClassifier(randomGallery(2, () => 1));
    expect(() => exportTflite(classifier, bytes)).toThrow(expect.objectContaining({ code: 'BAD_MODEL' }));
    const two = writeModel(graph.finish({ inputs: [image], outputs: [output, image] }), parts);
    expect(() => exportTflite(classifier, two)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });

  it('a file over 2 GB is TOO_LARGE', () => {
    const huge = { length: 2 ** 31 } as Uint8Array;
    expect(() => readModel(huge)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  });
});

describe('signatures', () => {
  it('keep their key and inputs, and name the scores', () => {
    const bytes = withRoot((writer) => {
      const list = (name: string, index: number) => {
        const text = writer.text(name);
        return writer.places([
          writer.table([
            [TensorMap.name, 'place', text],
            [TensorMap.tensorIndex, 'uint32', index],
          ]),
        ]);
      };
      const inputs = list('picture', 0);
      const outputs = list('vector', 4);
      const key = writer.text('serving_default');
      const signature = writer.table([
        [SignatureDef.inputs, 'place', inputs],
        [SignatureDef.outputs, 'place', outputs],
        [SignatureDef.signatureKey, 'place', key],
      ]);
      return [[Model.signatureDefs, 'place', writer.places([signature])]];
    });
    const exported = readModel(exportTflite(smallClassifier(randomGallery(2, () => 1)), bytes));
    const signature = exported.root.tables(Model.signatureDefs).at(0);
    const end = (slot: number) => {
      const map = signature.tables(slot).at(0);
      return [map.text(TensorMap.name), map.number(TensorMap.tensorIndex, 'uint32')];
    };
    expect(signature.text(SignatureDef.signatureKey)).toBe('serving_default');
    expect(end(SignatureDef.inputs)).toEqual(['picture', 0]);
    expect(end(SignatureDef.outputs)).toEqual(['scores', exported.outputs[0]]);
    expect(exported.subgraph.text(SubGraph.name)).toBe('main');
  });
});
