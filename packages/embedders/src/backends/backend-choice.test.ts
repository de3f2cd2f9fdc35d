import { engine, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeEach, describe, expect, it } from 'vitest';
import { chooseUnlessChosen, describeAll, startFirst } from './backend-choice.js';

const broken = async (): Promise<string> => {
  throw new Error('its native part is missing\n    at a line nobody wants to see');
};
const cpu = async () => 'slow';

beforeEach(async () => {
  await setBackend('cpu');
});

describe('startFirst', () => {
  it('passes over what fails, and says why', async () => {
    // A starter may end well and yet leave nothing that runs.
    const choice = await startFirst(['tensorflow', 'webgpu', 'wasm', 'cpu', 'webgl'], {
      tensorflow: broken,
      webgpu: async () => undefined,
      cpu,
    });
    expect(choice.name).toBe('cpu');
    expect(choice.tried.map(({ name, available }) => [name, available])).toEqual([
      ['tensorflow', false],
      ['webgpu', false],
      ['wasm', false],
      ['cpu', true],
    ]);
    expect(choice.tried.map(({ reason }) => reason)).toEqual([
      'its native part is missing',
      expect.stringContaining('webgpu'),
      'not on this host',
      'slow',
    ]);
    expect(engine().backendName).toBe('cpu');
  });

  it('says when none works, or not the one that was asked for', async () => {
    await expect(startFirst(['tensorflow', 'wasm'], { tensorflow: broken })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: 'No backend can run here (tensorflow: its native part is missing; wasm: not on this host).',
      details: { tried: [{ name: 'tensorflow', available: false }, { name: 'wasm' }] },
    });
    await expect(startFirst(['tensorflow'], { tensorflow: broken })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining('The backend tensorflow was asked for'),
    });
  });
});

describe('describeAll', () => {
  it('looks at every backend and puts back the one that ran', async () => {
    const found = await describeAll(['tensorflow', 'cpu', 'wasm'], { tensorflow: broken, cpu });
    expect(found.map(({ name, available }) => [name, available])).toEqual([
      ['tensorflow', false],
      ['cpu', true],
      ['wasm', false],
    ]);
    expect(engine().backendName).toBe('cpu');
  });
});

describe('chooseUnlessChosen', () => {
  it('leaves alone what the program has chosen', async () => {
    await chooseUnlessChosen(() => Promise.reject(new Error('asked')));
    expect(engine().backendName).toBe('cpu');
  });
});
