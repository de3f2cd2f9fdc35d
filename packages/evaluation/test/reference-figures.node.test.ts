import { expect, it } from 'vitest';
import { describeWithData } from '../../../testing/shared-data.js';
import { evaluateRetrieval } from '../src/index.js';
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
});
