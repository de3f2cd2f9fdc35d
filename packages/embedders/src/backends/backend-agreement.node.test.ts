import { afterAll, describe, expect, it } from 'vitest';
import { smallClassifier, smallGraph, wavyPicture } from '../../test/small-models.js';
import { createFilterEmbedder } from '../filters/filter-embedder.js';
import { createImageEmbedder, type ImageEmbedder } from '../image/image-embedder.js';
import { loadImageEmbedder } from '../image/load-image-embedder.js';
import { modelFiles } from '../models/model-files.js';
import { chooseBackend } from './choose-backend.node.js';

const pictures = [wavyPicture(100, 60), wavyPicture(33, 90)];
const makers: [string, () => ImageEmbedder | Promise<ImageEmbedder>][] = [
  ['the built-in filters', createFilterEmbedder],
  ['layers', () => createImageEmbedder({ kind: 'layers', model: smallClassifier({ side: 16 }) }, { ownsModel: true })],
  ['a graph', () => loadImageEmbedder(modelFiles(smallGraph({ side: 16 })))],
];

afterAll(() => chooseBackend({ force: 'wasm' }));

describe('wasm gives what plain JavaScript gives', () => {
  it.each(makers)('for %s', async (_, make) => {
    const rows: Float32Array[] = [];
    for (const force of ['cpu', 'wasm'] as const) {
      await chooseBackend({ force });
      const embedder = await make();
      rows.push((await embedder.embed(pictures)).data);
      embedder.dispose();
    }
    const [cpu, wasm] = rows as [Float32Array, Float32Array];
    expect(wasm.length).toBe(cpu.length);
    const size = Math.hypot(...cpu);
    expect(size).toBeGreaterThan(0);
    expect(Math.hypot(...cpu.map((value, i) => value - wasm[i]!)) / size).toBeLessThan(1e-5);
  });
});
