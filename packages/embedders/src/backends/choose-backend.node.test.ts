import { engine } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseBackend, describeBackends } from './choose-backend.node.js';

// As where its native part was not downloaded.
vi.mock('@tensorflow/tfjs-node', () => {
  throw new Error('The specified module could not be found: tfjs_binding.node');
});

afterEach(() => vi.unstubAllEnvs());

describe('chooseBackend in Node', () => {
  it('takes wasm where tfjs-node cannot run', async () => {
    vi.stubEnv('NEARKIN_BACKEND', '');
    const { name, tried } = await chooseBackend();
    expect(name).toBe('wasm');
    expect(engine().backendName).toBe('wasm');
    expect(tried).toMatchObject([
      { name: 'tensorflow', available: false },
      { name: 'wasm', available: true },
    ]);
    expect(tried[0]!.reason).not.toBe('');
    expect(tried[1]!.reason).toMatch(/^with(out)? SIMD$/);
  });

  it('takes the one that is asked for, by the call before the environment', async () => {
    vi.stubEnv('NEARKIN_BACKEND', 'cpu');
    expect(await chooseBackend()).toMatchObject({ name: 'cpu', tried: [{ name: 'cpu' }] });
    expect((await chooseBackend({ force: 'wasm' })).name).toBe('wasm');
    expect(engine().backendName).toBe('wasm');
  });

  it('fails rather than take another than the one asked for', async () => {
    await expect(chooseBackend({ force: 'tensorflow' })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    await expect(chooseBackend({ force: 'cuda' as never })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'Expected a backend of tensorflow, wasm, cpu, got cuda.',
    });
    vi.stubEnv('NEARKIN_BACKEND', 'webgl');
    await expect(chooseBackend()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { force: 'webgl' } });
  });

  it('describes all of them and leaves the one that runs', async () => {
    await chooseBackend({ force: 'cpu' });
    const found = await describeBackends();
    expect(found.map(({ name, available }) => [name, available])).toEqual([
      ['tensorflow', false],
      ['wasm', true],
      ['cpu', true],
    ]);
    expect(engine().backendName).toBe('cpu');
  });
});
