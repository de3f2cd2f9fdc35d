import { expect, it } from 'vitest';
import { describeWithData } from '../../../testing/shared-data.js';
import { evaluateRetrieval, fewShotEpisodes } from '../src/index.js';
import { photoFeatures } from './photo-features.js';

describeWithData('MobileNetV2 features of real photos', ['features'], ([features]) => {
  it('reproduce the leave-one-out figures of the grocery photos', async () => {
    const queries = photoFeatures(features!, { set: 'grocery', role: 'query' });
    const { mean } = await evaluateRetrieval({ queries });
    expect(mean['apAtR']! * 100).toBeCloseTo(44.7, 1);
    expect(mean['rPrecision']! * 100).toBeCloseTo(51.2, 1);
  });

  it('reproduce the leave-one-out figures of the clothing photos', async () => {
    const queries = photoFeatures(features!, { set: 'clothing', role: 'query' });
    const { mean } = await evaluateRetrieval({ queries });
    expect(mean['apAtR']! * 100).toBeCloseTo(30.3, 1);
    expect(mean['rPrecision']! * 100).toBeCloseTo(42.6, 1);
    expect(mean['hitRate@1']! * 100).toBeCloseTo(64.4, 1);
  });

  it('reproduce the few-shot figures of the grocery photos within their intervals', async () => {
    const gallery = photoFeatures(features!, { set: 'grocery', role: 'index' });
    const queries = photoFeatures(features!, { set: 'grocery', role: 'query' });
    const figure = async (options: { ways: number; shots: number; rule?: 'max' | 'prototype' }, published: number) => {
      const result = await fewShotEpisodes({ gallery, queries, queriesPerClass: 3, episodes: 600, ...options });
      // Two independent draws of 600 episodes: their difference has sqrt(2) times the half width of one.
      expect(Math.abs(result.mean * 100 - published)).toBeLessThan(Math.SQRT2 * result.halfWidth95 * 100);
      return result.halfWidth95 * 100;
    };
    expect(await figure({ ways: 5, shots: 1 }, 78.7)).toBeCloseTo(1.1, 1);
    await figure({ ways: 5, shots: 5, rule: 'max' }, 86.3);
    await figure({ ways: 5, shots: 5, rule: 'prototype' }, 87.2);
    expect(await figure({ ways: 20, shots: 1 }, 52.0)).toBeCloseTo(0.6, 1);
  });
});
