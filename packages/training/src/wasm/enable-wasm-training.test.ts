import { engine, getKernel, memory, setBackend, tidy } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../test/start-backend.js';
import { enableWasmTraining } from './enable-wasm-training.js';

describe('enableWasmTraining', () => {
  it('may come before and after the backend, and more than once', async () => {
    const names = enableWasmTraining();
    expect(names).toContain('Conv2DBackpropFilter');
    const kernels = names.map((name) => getKernel(name, 'wasm').kernelFunc);
    await startBackend('wasm');
    expect(enableWasmTraining()).toEqual(names);
    expect(names.map((name) => getKernel(name, 'wasm').kernelFunc)).toEqual(kernels);
    await setBackend('cpu');
    await startBackend('wasm');
    expect(names.map((name) => getKernel(name, 'wasm').kernelFunc)).toEqual(kernels);
  });

  it('leaves other backends alone', () => {
    enableWasmTraining();
    for (const name of enableWasmTraining())
      expect(getKernel(name, 'cpu').kernelFunc).not.toBe(getKernel(name, 'wasm').kernelFunc);
  });

  it('says which format it takes', async () => {
    await startBackend('wasm');
    enableWasmTraining();
    const before = memory().numTensors;
    expect(() =>
      tidy(() => {
        const x = engine().makeTensor(new Float32Array(2 * 3 * 4 * 4), [2, 3, 4, 4], 'float32');
        const dy = engine().makeTensor(new Float32Array(2 * 5 * 4 * 4), [2, 5, 4, 4], 'float32');
        const attrs = { strides: 1, pad: 'same', dataFormat: 'NCHW', dimRoundingMode: undefined };
        return engine().runKernel(
          'Conv2DBackpropFilter',
          { x, dy } as never,
          { ...attrs, filterShape: [3, 3, 3, 5] } as never,
        );
      }),
    ).toThrowError(expect.objectContaining({ code: 'UNSUPPORTED' }));
    expect(memory().numTensors).toBe(before);
  });
});
