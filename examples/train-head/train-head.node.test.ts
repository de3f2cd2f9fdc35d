import '@tensorflow/tfjs-backend-wasm';
import { chooseBackend } from '@nearkin/embedders/node';
import { expect, it } from 'vitest';
import { describeWithData } from '../../testing/shared-data.js';
import { compare } from './compare.js';
import { groceryFeatures } from './grocery-features.js';
import { candidates } from './train-head.js';

describeWithData('a head on features of groceries', ['features'], ([folder]) => {
  it('beats the features themselves on classes that it has not seen', { timeout: 300_000 }, async () => {
    await chooseBackend({ force: 'wasm' });
    const gallery = await groceryFeatures(folder!);
    expect([gallery.ids.length, new Set(gallery.labels).size]).toEqual([525, 35]);
    // A split that results/ does not have; both candidates of settings, so that none was picked by looking at it.
    for (const settings of candidates) {
      const { raw, head, pByPhoto, pByClass, trainingClasses, unseenClasses } = await compare(gallery, {
        seed: 5,
        settings,
      });
      expect([trainingClasses, unseenClasses]).toEqual([18, 17]);
      expect(head).toBeGreaterThan(raw);
      expect(pByPhoto).toBeLessThan(0.05);
      expect(pByClass).toBeLessThan(0.05);
    }
  });
});
