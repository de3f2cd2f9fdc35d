// How far words can lead to drawings that were never met: ridge regression from words to an embedder's vectors.
//   pnpm run ceiling --data FOLDER [--mobilenet FOLDER] [--run WEIGHTS] [--out FILE]
// Learns from the emoji that --choose trains on and asks for those that it keeps back, in Twemoji's drawings.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createVectors, l2Normalize } from '@nearkin/core';
import { hashTextFeatures, loadImageEmbedder } from '@nearkin/embedders';
import { projectPca } from '@nearkin/evaluation';
import { loadEmojiData } from './emoji-data.js';
import { drawingRows } from './measure.js';
import { encoderOfRun, startBackend } from './open-run.js';
import { type Rows, ranksOfOwn, recallAt } from './ranks.js';
import { fitWords } from './ridge-words.js';
import { starterLayers } from './starter-layers.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: '../../../shared/data/emoji' },
    mobilenet: { type: 'string' },
    /** Weights of a run with --choose. */
    run: { type: 'string' },
    out: { type: 'string' },
  },
});
await startBackend();
const data = await loadEmojiData(flags.data);
const asked = data.emoji.flatMap((_, i) => (data.forChoice[i] ? [i] : []));
const learned = data.emoji.flatMap((_, i) => (data.heldOut[i] || data.forChoice[i] ? [] : [i]));
const known = { ...data, drawings: async (vendor: string) => pick(await data.drawings(vendor)) };
const english = data.texts.map(({ en }) => en!);
const marks = (text: string) => hashTextFeatures(text, { rows: 32_768, seed: 0 }).marks;
const words = english.map(({ name, keywords }) => marks([name, ...keywords].join(' ')));
const questions = {
  names: english.map(({ name }) => marks(name)),
  keywords: english.map(({ name, keywords }) => marks(keywords.join(' ') || name)),
};
const figures: object[] = [];
if (flags.run) {
  const { image } = await encoderOfRun(flags.run, data, { layers: starterLayers, quantize: false });
  measure('this tower', await drawingRows(image, known, 'noto'), await drawingRows(image, known, 'twemoji'));
}
if (flags.mobilenet) {
  const net = await loadImageEmbedder(flags.mobilenet);
  const [noto, twemoji] = [await drawingRows(net, known, 'noto'), await drawingRows(net, known, 'twemoji')];
  measure('MobileNetV2', noto, twemoji);
  const flat = halfWhitened([noto, twemoji], 128);
  measure('MobileNetV2, 128 principal directions, half whitened', flat[0]!, flat[1]!);
}
const json = JSON.stringify(
  { learned: learned.length, asked: asked.length, chance10: 1000 / asked.length, figures },
  null,
  2,
);
console.log(json);
if (flags.out) await writeFile(flags.out, `${json}\n`);
process.exit();

function measure(pictures: string, noto: Rows, twemoji: Rows): void {
  const { dim } = noto;
  const mean = new Float64Array(dim);
  for (const i of learned)
    for (let j = 0; j < dim; j++) mean[j]! += (at(noto, i, j) + at(twemoji, i, j)) / learned.length;
  const centred = (value: (i: number, j: number) => number) =>
    unit(
      Float32Array.from({ length: data.emoji.length * dim }, (_, n) => value(Math.floor(n / dim), n % dim)),
      dim,
    );
  const targets = centred((i, j) => at(noto, i, j) + at(twemoji, i, j) - mean[j]!);
  const gallery = centred((i, j) => at(twemoji, i, j) - mean[j]! / 2);
  const predict = fitWords(words, targets, { learned, strength: 1 });
  const recalls = Object.entries(questions).map(([name, question]) => {
    const found = { data: predict(question), dim };
    return [name, recallAt(ranksOfOwn(found, gallery, { queries: asked, gallery: asked }), 10)];
  });
  figures.push({ pictures, dim, ...Object.fromEntries(recalls) });
}

/** Along the principal directions of what is learned from, each divided by the root of its deviation. */
function halfWhitened(sets: readonly Rows[], dim: number): Rows[] {
  const wide = sets[0]!.dim;
  const stacked = sets.flatMap((set) => learned.map((i) => set.data.subarray(i * wide, (i + 1) * wide)));
  const flat = Float32Array.from(stacked.flatMap((row) => [...row]));
  const { components, coordinates } = projectPca(createVectors(flat, wide), { components: dim });
  const scales = Array.from({ length: dim }, (_, k) => {
    let sum = 0;
    for (let r = 0; r < stacked.length; r++) sum += coordinates.data[r * dim + k]! ** 2;
    return (sum / stacked.length) ** 0.25 || 1;
  });
  const middle = Float64Array.from(
    { length: wide },
    (_, j) => stacked.reduce((sum, row) => sum + row[j]!, 0) / stacked.length,
  );
  return sets.map((set) =>
    unit(
      Float32Array.from({ length: data.emoji.length * dim }, (_, n) => {
        const [i, k] = [Math.floor(n / dim), n % dim];
        let sum = 0;
        for (let j = 0; j < wide; j++) sum += (at(set, i, j) - middle[j]!) * components.data[k * wide + j]!;
        return sum / scales[k]!;
      }),
      dim,
    ),
  );
}

function at(rows: Rows, i: number, j: number): number {
  return rows.data[i * rows.dim + j]!;
}

function unit(values: Float32Array, dim: number): Rows {
  return { data: l2Normalize(createVectors(values, dim)).data as Float32Array, dim };
}

function pick<T>(drawings: ReadonlyMap<number, T>): Map<number, T> {
  return new Map([...drawings].filter(([i]) => !data.heldOut[i]));
}
