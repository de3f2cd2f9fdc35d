import { describe, expect, it } from 'vitest';
import { classifyInMediaPipe } from '../../test/classify-in-mediapipe.js';
import { referenceScores } from '../../test/reference-scores.js';
import {
  noisyPicture,
  randomGallery,
  side,
  smallClassifier,
  tinyEmbedder,
  tinyEmbedding,
} from '../../test/small-models.js';
import { exportTflite } from './export-tflite.js';

const base = tinyEmbedder();
const pictures = [1, 2, 3].map(noisyPicture);

const tolerance = { float32: 1e-5, int8: 1e-2 };

describe('MediaPipe ImageClassifier', () => {
  it.each([
    ['max', 'float32'],
    ['max', 'int8'],
    ['mean', 'float32'],
    ['topM', 'float32'],
    ['softmax', 'float32'],
    ['prototype', 'float32'],
  ] as const)('takes the file as it is: %s, %s', async (aggregation, weights) => {
    const classifier = smallClassifier(
      randomGallery(7, (c) => 1 + c),
      { aggregation, temperature: 0.3 },
    );
    const bytes = exportTflite(classifier, base.bytes, { weights });
    const answers = await classifyInMediaPipe(bytes, pictures, { side });
    pictures.forEach((picture, i) => {
      const expected = referenceScores(tinyEmbedding(base.weights, picture), classifier);
      const best = classifier.labels[expected.indexOf(Math.max(...expected))];
      expect([...answers[i]!.keys()][0]).toBe(best);
      classifier.labels.forEach((label, c) => {
        expect(Math.abs((answers[i]!.get(label) ?? Number.NaN) - expected[c]!)).toBeLessThan(tolerance[weights]);
      });
    });
  });
});

describe('a threshold', () => {
  it('keeps what is unknown out of the answers', async () => {
    const gallery = randomGallery(7, () => 1);
    const known = smallClassifier(gallery);
    const expected = referenceScores(tinyEmbedding(base.weights, pictures[0]!), known);
    const unknownBelow = [...expected].sort((a, b) => b - a)[2]! - 1e-4;
    const bytes = exportTflite(smallClassifier(gallery, { unknownBelow }), base.bytes);
    const [answer] = await classifyInMediaPipe(bytes, pictures.slice(0, 1), { side });
    expect(answer!.size).toBe(3);
  });
});
