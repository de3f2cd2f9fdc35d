import { describe, expect, it } from 'vitest';
import { isPresetName, presets } from './presets.js';

describe('presets', () => {
  it.each(Object.entries(presets))('%s is complete', (name, preset) => {
    const url = new URL(preset.url);
    expect(url.protocol).toBe('https:');
    expect(preset.url).not.toMatch(/\/$|model\.json|[?#]/);
    expect(preset.hub).toBe(url.hostname === 'tfhub.dev');
    expect(preset.dim).toBeGreaterThan(0);
    const { width, height, mean, std } = preset.preprocessing;
    expect([width, height]).toEqual([224, 224]);
    // Black and white become the ends of [0, 1] or [-1, 1].
    const ends = [0, 255].map((sample) => (sample - mean[0]) / std[0]);
    expect([
      [0, 1],
      [-1, 1],
    ]).toContainEqual(ends);
    for (const parts of [mean, std]) expect(new Set(parts).size).toBe(1);
    expect(isPresetName(name)).toBe(true);
  });

  it('have addresses of their own, and no inherited names', () => {
    expect(new Set(Object.values(presets).map(({ url }) => url)).size).toBe(Object.keys(presets).length);
    for (const name of ['toString', '__proto__', 'mobilenet-v9']) expect(isPresetName(name)).toBe(false);
  });
});
