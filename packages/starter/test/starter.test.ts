import '@tensorflow/tfjs-backend-cpu';
import { createPicture } from '@nearkin/core';
import { setBackend } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadStarter } from '../src/index.js';
import golden from './golden.json' with { type: 'json' };

let starter: Awaited<ReturnType<typeof loadStarter>>;
beforeAll(async () => {
  await setBackend('cpu');
  starter = await loadStarter();
});
afterAll(() => starter.dispose());

/** A disc on a transparent ground. */
function disc(color: readonly number[]) {
  const data = new Uint8Array(64 * 64 * 4);
  for (let p = 0; p < 64 * 64; p++)
    if (Math.hypot((p % 64) - 32, Math.floor(p / 64) - 32) < 28) data.set([...color, 255], p * 4);
  return createPicture({ data, width: 64, height: 64, channels: 4 });
}

describe('the starter', () => {
  it('answers the same on every host', async () => {
    expect(starter.id).toBe(golden.id);
    const texts = await starter.text.embed(golden.texts);
    golden.textRows.forEach((row, i) => {
      row.forEach((value, k) => {
        expect(texts.data[i * starter.dim + k]).toBeCloseTo(value, 5);
      });
    });
    const pictures = await starter.image.embed([disc([220, 40, 50])]);
    golden.discRow.forEach((value, k) => {
      expect(Math.abs(pictures.data[k]! - value)).toBeLessThan(1e-4 * Math.hypot(...golden.discRow));
    });
  });

  it('tells red from blue, in several languages', async () => {
    const { data, dim } = await starter.image.embed([disc([220, 40, 50]), disc([60, 140, 220])]);
    for (const [red, blue] of [
      ['red circle', 'blue circle'],
      ['cercle rouge', 'cercle bleu'],
      ['красный круг', 'синий круг'],
    ] as const) {
      const words = await starter.text.embed([red, blue]);
      const score = (word: number, picture: number) => {
        let sum = 0;
        for (let i = 0; i < dim; i++) sum += words.data[word * dim + i]! * data[picture * dim + i]!;
        return sum;
      };
      expect(score(0, 0)).toBeGreaterThan(score(1, 0));
    }
  });

  it('gives zeros for a text of which it knows nothing', async () => {
    const { data } = await starter.text.embed(['', '   ']);
    expect(data.every((value) => value === 0)).toBe(true);
  });
});
