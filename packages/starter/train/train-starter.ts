// Trains the starter's two towers on drawings and words of emoji.
//   pnpm run train --data FOLDER --out FOLDER [--minutes 70] [--soft 0.4] [--choose]
// --choose keeps a fifth of them back, too, and measures on it: for settings to be chosen on, not for shipping.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRng, NearkinError } from '@nearkin/core';
import { enableWasmTraining } from '@nearkin/training';
import * as tf from '@tensorflow/tfjs';
import { alikeByWords } from './alike.js';
import { createCaptionMaker } from './captions.js';
import { loadEmojiData, side } from './emoji-data.js';
import { startBackend } from './open-run.js';
import { starterLayers } from './starter-layers.js';
import { starterLoss } from './starter-loss.js';
import { openStarterRun } from './starter-run.js';
import { captionSets, drawPixels, loadDrawings } from './starter-step.js';
import { subjectOf } from './subject-of.js';
import { stepTargets } from './targets.js';
import { watchRun } from './watch-run.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: '../../../shared/data/emoji' },
    out: { type: 'string', default: 'train/run' },
    /** The schedule follows the clock, so that any machine finishes it. */
    minutes: { type: 'string', default: '70' },
    vendors: { type: 'string', default: 'noto,twemoji,blob' },
    /** The vendors whose drawings the log tells of. */
    watch: { type: 'string', default: 'twemoji' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '0.0015' },
    'table-rate': { type: 'string', default: '0.15' },
    /** How much of what a drawing should be taken for is spread over others; above 0 captions are for the unseen, too. */
    soft: { type: 'string', default: '0.4' },
    /** Keeps the emoji back that settings are chosen on, and measures on them. */
    choose: { type: 'boolean', default: false },
    layers: { type: 'string', default: starterLayers },
    resume: { type: 'boolean', default: false },
  },
});
const seed = Number(flags.seed);
/** Emoji a step, of each two drawings. */
const batch = 32;
/** Sets of captions a step: English, and others in a language by chance for each emoji. */
const sets = 3;
const warmupSteps = 50;

await startBackend();
enableWasmTraining();
const data = await loadEmojiData(flags.data);
const trained = data.emoji.map((_, i) => i).filter((i) => !data.heldOut[i] && !(flags.choose && data.forChoice[i]));
const drawings = await loadDrawings(data, { emoji: trained, vendors: flags.vendors.split(',') });
const watched = await Promise.all(
  flags.watch.split(',').map(async (vendor) => [vendor, await data.drawings(vendor)] as const),
);
const run = await openStarterRun({ layers: flags.layers, rate: Number(flags.rate), seed });
const { image, text, weights } = run.parts;
const texts = trained.map((i) => data.texts[i]!);
const captions = createCaptionMaker(texts, {
  hashing: text.hashing,
  subjects: trained.map((i) => subjectOf(data.emoji[i]!)),
  forUnseen: Number(flags.soft) > 0,
});
const alike = alikeByWords(texts);
await mkdir(flags.out, { recursive: true });
const checkpoint = join(flags.out, 'checkpoint.safetensors');
if (flags.resume) await run.restore(checkpoint);

const log = (facts: object) =>
  console.log(
    JSON.stringify({ at: new Date().toISOString().slice(11, 19), ...facts }, (_, value) =>
      typeof value === 'number' ? Number(value.toFixed(3)) : value,
    ),
  );
log({
  trained: trained.length,
  heldOut: data.emoji.length - trained.length,
  drawings: drawings.reduce((sum, list) => sum + list.length, 0),
  imageWeights: image.weights.reduce((sum, { variable }) => sum + variable.size, 0),
  textWeights: text.table.values.length + text.weights.reduce((sum, { variable }) => sum + variable.size, 0),
  ...flags,
});

const budget = Number(flags.minutes) * 60;
const before = run.seconds;
const began = performance.now();
let paused = 0;
const seconds = () => before + (performance.now() - began - paused) / 1000;
const marks = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].filter((mark) => mark > before / budget);
let order: number[] = [];
let sums = { loss: 0, parts: new Float64Array(5), count: 0 };

for (let share = seconds() / budget; share < 1; share = seconds() / budget) {
  const rng = createRng(seed * 1_000_003 + run.step);
  // A short rise, then a half cosine down to a hundredth.
  const factor = Math.min(1, (run.step + 1) / warmupSteps) * (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * share)));
  if (order.length < batch) order = rng.shuffle(trained.map((_, k) => k));
  const chosen = order.splice(0, batch);
  const pixels = drawPixels(
    chosen.map((k) => drawings[k]!),
    rng,
  );
  const captioned = captionSets(captions, { emoji: trained.length, sets, rng });
  const rows = captioned.flat().map((caption) => caption.rows);
  const targets = stepTargets(captioned, { chosen, alike, soft: Number(flags.soft) });

  // The sums of the table's rows are a variable, so that their gradient comes back; the table learns from it by itself.
  const bags = tf.tidy(() => tf.variable(tf.tensor2d(text.table.sum(rows), [rows.length, text.table.width])));
  const inputs = tf.tensor4d(pixels, [2 * batch, side, side, 3]);
  const parts: tf.Scalar[] = [];
  const { value, grads } = tf.tidy(() =>
    tf.variableGrads(() => {
      const images = image.forward(inputs, { training: true, seed: run.step });
      const texts = text.forward(bags, { training: true, seed: run.step });
      return starterLoss(images, texts, { chosen, targets, parts });
    }, [...weights.list.map(({ weight }) => weight.variable), bags]),
  );
  const loss = value.dataSync()[0]!;
  if (!Number.isFinite(loss))
    throw new NearkinError(
      'NON_FINITE',
      `Expected a loss of finite value, got ${loss} in step ${run.step}; resume from the last checkpoint with a lower --rate.`,
    );
  text.table.update(rows, grads[bags.name]!.dataSync() as Float32Array, Number(flags['table-rate']) * factor);
  await run.update(grads, factor);

  sums.loss += loss;
  sums.count++;
  parts.forEach((part, p) => {
    sums.parts[p]! += part.dataSync()[0]!;
  });
  tf.dispose([bags, inputs, value, grads[bags.name]!, ...parts]);
  if (run.step === 10 || run.step % 100 === 0) {
    log({
      step: run.step,
      minutes: seconds() / 60,
      perSecond: (run.step * 2 * batch) / seconds(),
      loss: sums.loss / sums.count,
      parts: [...sums.parts].map((part) => part / sums.count),
      tensors: tf.memory().numTensors,
      megabytes: Math.round(process.memoryUsage().rss / 1e6),
    });
    sums = { loss: 0, parts: new Float64Array(5), count: 0 };
  }
  if (marks.length > 0 && seconds() / budget >= marks[0]!) {
    marks.shift();
    const pause = performance.now();
    await run.saveAverage(join(flags.out, `weights-${String(run.step).padStart(5, '0')}.safetensors`));
    await run.saveCheckpoint(checkpoint, seconds());
    if (flags.choose) watch();
    paused += performance.now() - pause;
  }
}
await run.saveAverage(join(flags.out, 'weights-final.safetensors'));
watch();
log({ done: true, step: run.step, drawings: run.step * 2 * batch, minutes: seconds() / 60 });
process.exit();

function watch(): void {
  const [unseen, all] = [data.forChoice, data.emoji].map((list) => list.flatMap((is, i) => (is ? [i] : [])));
  const queries = flags.choose ? unseen! : trained;
  run.withAverage(() => {
    for (const [vendor, drawings] of watched)
      log({
        watch: vendor,
        step: run.step,
        ...watchRun({ image, text, captions }, { data, drawings, queries, gallery: flags.choose ? queries : all! }),
      });
  });
}
