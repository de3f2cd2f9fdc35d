import { createRng, NearkinError, type Rng } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { watchAllocations } from '../../../searcher/test/watch-allocations.js';
import { mutationPlan, mutationTimeout } from '../../test/mutation-plan.js';
import { randomGallery, smallClassifier, tinyEmbedder } from '../../test/small-models.js';
import { exportTflite } from '../export/export-tflite.js';
import { describeTflite, readAssociatedFile } from '../metadata/describe-tflite.js';
import { createFlatWriter } from './flat-writer.js';
import { Model, Operator, OperatorCode, SubGraph, Tensor } from './schema.js';

const { mutations, seed } = mutationPlan(typeof document === 'undefined' ? 800 : 100);

const classifier = smallClassifier(randomGallery(3, () => 2));
const base = tinyEmbedder().bytes;
const exported = exportTflite(classifier, base, { metadata: { name: 'Fruit', license: 'CC0' } });
const extremes = [0, 1, 4, 0x7f, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

/** A copy, damaged in one of the ways in which files get damaged or forged; weights are left alone most of the time. */
function damage(bytes: Uint8Array, rng: Rng): Uint8Array {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  const at = rng.integer(out.length);
  const word = Math.min(at - (at % 4), out.length - 4);
  switch (rng.integer(8)) {
    case 0:
      out[at]! ^= 1 << rng.integer(8);
      return out;
    case 1:
      out[at] = rng.integer(256);
      return out;
    case 2:
      view.setUint32(word, extremes[rng.integer(extremes.length)]!, true);
      return out;
    case 3:
      // Somewhere else inside the file.
      view.setUint32(word, rng.integer(out.length), true);
      return out;
    case 4:
      view.setUint16(Math.min(word, out.length - 2), rng.integer(64), true);
      return out;
    case 5:
      return out.subarray(0, at);
    case 6:
      out.copyWithin(at, rng.integer(out.length), rng.integer(out.length));
      return out;
    default:
      for (let i = at; i < Math.min(at + 24, out.length); i++) out[i] = rng.integer(256);
      return out;
  }
}

async function readEverything(bytes: Uint8Array): Promise<boolean> {
  const attempt = async (work: () => unknown) => {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof NearkinError) return false;
      throw error;
    }
  };
  const started = performance.now();
  const { result, largest } = await watchAllocations(async () => {
    const described = await attempt(() => describeTflite(bytes));
    await attempt(() => readAssociatedFile(bytes, 'labels.txt'));
    await attempt(() => exportTflite(classifier, bytes, { embedding: 'embedding' }));
    await attempt(() => exportTflite(classifier, bytes));
    return described;
  });
  expect(largest).toBeLessThanOrEqual(Math.max(4 * bytes.length, 65_536));
  // Far above what it takes: only a hang gets here.
  expect(performance.now() - started).toBeLessThan(10_000);
  return result;
}

describe('a damaged .tflite file', { timeout: mutationTimeout }, () => {
  it('is described or refused, cut anywhere', async () => {
    for (let length = 0; length < base.length; length += 37) await readEverything(base.subarray(0, length));
    expect(await readEverything(base)).toBe(true);
  });

  it(`is described or refused after ${mutations} kinds of damage`, async () => {
    const rng = createRng(seed);
    let refused = 0;
    for (let i = 0; i < mutations; i++) {
      let bytes = i % 2 === 0 ? exported : base;
      for (let n = rng.integer(3); n >= 0; n--) if (bytes.length > 8) bytes = damage(bytes, rng);
      if (!(await readEverything(bytes))) refused++;
    }
    // Both happen: much of a file are weights, but its tables are looked at.
    expect(refused).toBeGreaterThan(mutations / 20);
    expect(refused).toBeLessThan(mutations);
  });

  it('cannot keep a reader busy with lists that share bytes', () => {
    const length = 50_000;
    const writer = createFlatWriter(2 ** 20);
    const shape = writer.int32s([1]);
    const tensors = writer.places([writer.table([[Tensor.shape, 'place', shape]])]);
    const codes = writer.places([writer.table([[OperatorCode.version, 'int32', 1]])]);
    const buffers = writer.places([writer.table([])]);
    const many = writer.int32s(new Int32Array(length));
    // One operator of many inputs, listed many times: 2,500,000,000 references in 400,000 bytes.
    const operator = writer.table([
      [Operator.inputs, 'place', many],
      [Operator.outputs, 'place', many],
    ]);
    const operators = writer.places(new Array<number>(length).fill(operator));
    const ends = writer.int32s([0]);
    const subgraph = writer.table([
      [SubGraph.tensors, 'place', tensors],
      [SubGraph.inputs, 'place', ends],
      [SubGraph.outputs, 'place', ends],
      [SubGraph.operators, 'place', operators],
    ]);
    const subgraphs = writer.places([subgraph]);
    const root = writer.table([
      [Model.version, 'uint32', 3],
      [Model.operatorCodes, 'place', codes],
      [Model.subgraphs, 'place', subgraphs],
      [Model.buffers, 'place', buffers],
    ]);
    expect(() => describeTflite(writer.finish(root, 'TFL3'))).toThrow(
      expect.objectContaining({ code: 'BAD_FORMAT', message: expect.stringContaining('longer than the file') }),
    );
  });
});
