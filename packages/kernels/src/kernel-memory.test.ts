import { createRng } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { loadKernels } from './load-kernels.js';

describe.each(['wasm', 'js'] as const)('memory of the %s engine', (prefer) => {
  it('keeps contents apart and whole through growth, frees and reuse', async () => {
    const { memory } = await loadKernels({ prefer });
    const rng = createRng(1);
    const blocks: { offset: number; bytes: Uint8Array }[] = [];
    for (let step = 0; step < 300; step++) {
      if (blocks.length > 0 && rng.uniform() < 0.4) {
        const [gone] = blocks.splice(rng.integer(blocks.length), 1);
        memory.free(gone!.offset);
      } else {
        const bytes = Uint8Array.from({ length: rng.integer(20_000) + 1 }, () => rng.integer(256));
        const offset = memory.allocate(bytes.length);
        expect(offset % 64).toBe(0);
        expect(offset).toBeGreaterThan(0);
        memory.u8(offset, bytes.length).set(bytes);
        blocks.push({ offset, bytes });
      }
    }
    for (const { offset, bytes } of blocks) {
      const held = memory.u8(offset, bytes.length);
      expect(bytes.every((value, i) => value === held[i])).toBe(true);
    }
    for (const { offset } of blocks) memory.free(offset);
    expect(memory.used).toBe(0);
    const before = memory.buffer.byteLength;
    for (let i = 0; i < 50; i++) memory.free(memory.allocate(before / 2));
    expect(memory.buffer.byteLength).toBe(before);
  });

  it('resizes with the content', async () => {
    const { memory } = await loadKernels({ prefer });
    const small = memory.resize(0, 100);
    memory.u8(small, 100).fill(7);
    memory.allocate(64);
    const large = memory.resize(small, 100_000);
    expect(memory.u8(large, 100).every((v) => v === 7)).toBe(true);
    expect(memory.sizeOf(small)).toBe(0);
  });

  it('says what is wrong: more than 4 GiB, an offset that was not given out', async () => {
    const { memory } = await loadKernels({ prefer });
    const code = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        return (error as { code: string }).code;
      }
      return undefined;
    };
    expect(code(() => memory.allocate(2 ** 32))).toBe('TOO_LARGE');
    expect(code(() => memory.allocate(Number.NaN))).toBe('TOO_LARGE');
    expect(code(() => memory.free(12_345))).toBe('INVALID_ARGUMENT');
    memory.free(0);
  });
});
