import { engine } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { wavyPicture } from '../../test/small-models.js';
import { createFilterEmbedder } from '../filters/filter-embedder.js';
import { chooseBackend } from './choose-backend.browser.js';
import { isSoftwareRenderer, softwareRenderer } from './software-renderer.js';

const simd = new URL(
  '../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
  import.meta.url,
);
const wasmPaths = { 'tfjs-backend-wasm-simd.wasm': simd.href };

describe('isSoftwareRenderer', () => {
  it.each([
    ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)', true],
    ['llvmpipe (LLVM 15.0.7, 256 bits)', true],
    ['Microsoft Basic Render Driver', true],
    ['ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)', false],
    ['ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)', false],
    ['Adreno (TM) 640', false],
  ])('%s: %s', (name, software) => {
    expect(isSoftwareRenderer(name)).toBe(software);
  });
});

describe('chooseBackend in a browser', () => {
  it('is asked for by nothing but a first picture', async () => {
    expect(engine().backendName).toBeUndefined();
    const embedder = createFilterEmbedder();
    await Promise.all([embedder.embed([wavyPicture(9, 9)]), embedder.embed([wavyPicture(9, 9)])]);
    expect(engine().backendName).toMatch(/^(webgpu|webgl|cpu)$/);
    embedder.dispose();
  });

  it('takes wasm where there is no graphics card', async () => {
    const { name, tried } = await chooseBackend({ wasmPaths });
    // On a machine with a graphics card this is webgpu or webgl.
    if (softwareRenderer() === undefined && name !== 'wasm') return expect(name).toMatch(/^webg(pu|l)$/);
    expect(name).toBe('wasm');
    expect(tried.map((attempt) => attempt.name)).toEqual(['webgpu', 'webgl', 'wasm']);
    expect(tried.at(-1)!.reason).toBe('with SIMD');
    return undefined;
  });

  it('passes wasm over while it does not know where the files are', async () => {
    const { name, tried } = await chooseBackend();
    expect(name).not.toBe('wasm');
    const wasm = tried.find((attempt) => attempt.name === 'wasm');
    if (wasm) expect(wasm.reason).toContain('wasmPaths');
    await expect(chooseBackend({ force: 'wasm' })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining('wasmPaths'),
    });
  });

  it('takes the one that is asked for, or fails', async () => {
    expect((await chooseBackend({ force: 'cpu' })).name).toBe('cpu');
    await expect(chooseBackend({ force: 'tensorflow' as never })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('names the file that is missing', async () => {
    const paths = { 'tfjs-backend-wasm-threaded-simd.wasm': simd.href };
    await expect(chooseBackend({ force: 'wasm', wasmPaths: paths })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining('tfjs-backend-wasm.wasm'),
    });
  });
});
