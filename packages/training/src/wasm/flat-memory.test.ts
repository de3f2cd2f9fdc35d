import { backend, matMul, memory, type Scalar, square, sub, sum, tensor, train } from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { noise } from '../../test/compare-backends.js';
import { startBackend } from '../../test/start-backend.js';
import { singleThreadEngine } from '../fit/single-thread-engine.js';
import { createConvEmbedder } from '../models/conv-embedder.js';
import { enableWasmTraining } from './enable-wasm-training.js';

it('memory stays flat over many steps', async () => {
  enableWasmTraining();
  await startBackend('wasm');
  const model = createConvEmbedder({
    preprocessing: { width: 11, height: 10 },
    layers: [{ channels: 6, stride: 2 }, { channels: 8 }, { channels: 8, stride: 2 }],
    dim: 5,
  });
  const engine = singleThreadEngine(model);
  const optimizer = train.adam(1e-3);
  const inputs = tensor(noise(8 * 10 * 11 * 3, 1), [8, 10, 11, 3]);
  const learn = async (): Promise<number> => {
    const { loss, gradients } = await engine.compute(
      inputs,
      (rows) => sum(square(sub(matMul(rows, rows, false, true), 0.2))) as Scalar,
      { seed: 1, lossWeights: [] },
    );
    const named = model.weights.map(({ name, variable }) => ({
      name: variable.name,
      tensor: tensor(gradients[name]!, variable.shape),
    }));
    optimizer.applyGradients(named);
    for (const { tensor: gradient } of named) gradient.dispose();
    return loss;
  };
  const heap = () => (backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
  const first = await learn();
  for (let step = 1; step < 10; step++) await learn();
  const { numTensors, numBytes, numDataBuffers } = memory();
  const before = { numTensors, numBytes, numDataBuffers, heap: heap() };
  let last = first;
  for (let step = 10; step < 60; step++) last = await learn();
  const after = memory();
  expect({
    numTensors: after.numTensors,
    numBytes: after.numBytes,
    numDataBuffers: after.numDataBuffers,
    heap: heap(),
  }).toEqual(before);
  expect(last).toBeLessThan(first);
});
