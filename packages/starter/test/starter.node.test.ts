import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithData } from '../../../testing/shared-data.js';
import { loadStarter } from '../src/index.js';
import { weightFiles } from '../src/weight-files.js';
import { loadEmojiData } from '../train/emoji-data.js';
import { drawingRows, oneShot, textToDrawing } from '../train/measure.js';
import { startBackend } from '../train/open-run.js';

const weights = join(import.meta.dirname, '../weights');

it('is at most 3 MB, and lists its files', () => {
  const files = readdirSync(weights);
  expect(files.sort()).toEqual(Object.keys(weightFiles).sort());
  expect(files.reduce((sum, name) => sum + statSync(join(weights, name)).size, 0)).toBeLessThanOrEqual(3_000_000);
});

describeWithData('the starter on drawings of a vendor it never saw', ['emoji'], ([folder]) => {
  it('keeps what the model card says', async () => {
    await startBackend();
    const data = await loadEmojiData(folder!);
    const starter = await loadStarter();
    const [noto, openmoji] = [
      await drawingRows(starter.image, data, 'noto'),
      await drawingRows(starter.image, data, 'openmoji'),
    ];
    const all = data.emoji.map((_, i) => i);
    const trained = all.filter((i) => !data.heldOut[i]);
    const heldOut = all.filter((i) => data.heldOut[i]);
    const ask = (queries: readonly number[], gallery: readonly number[]) =>
      textToDrawing(starter.text, openmoji, { data, queries, gallery, allLanguages: false });
    const seen = await ask(trained, all);
    // What was asked of it; the figures themselves are in train/results.
    expect(seen.name1).toBeGreaterThanOrEqual(33);
    expect(seen.name10).toBeGreaterThanOrEqual(68);
    expect(seen.keywords10).toBeGreaterThanOrEqual(55);
    const unseen = await ask(heldOut, heldOut);
    // Eight times chance were asked for; it reaches 6.1, as the model card says. This only notices if it gets worse.
    expect(unseen.name10).toBeGreaterThanOrEqual(5.5 * unseen.chance10);
    expect(oneShot(noto, openmoji, heldOut).r1).toBeGreaterThan(40);
    starter.dispose();
  });
});
