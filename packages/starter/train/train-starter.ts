// Trains the starter's two towers on drawings and words of emoji.
//   node --conditions=nearkin-source --import ../cli/scripts/source-loader.mjs train/train-starter.ts --data FOLDER --out FOLDER --minutes 75
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRng, readSafetensors, writeSafetensors } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { openTrainingWeights } from '../../training/src/fit/training-weights.js';
import { weightAverage } from '../../training/src/fit/weight-average.js';
import { createConvEmbedder } from '../../training/src/models/conv-embedder.js';
import { createTextEncoder } from '../../training/src/models/text-encoder.js';
import { adamW } from '../../training/src/optimizers/adam-w.js';
import { enableWasmTraining } from '../../training/src/wasm/enable-wasm-training.js';
import { createCaptionMaker } from './captions.js';
import { analyseDrawing, restyle, type StyledDrawing } from './drawing-styles.js';
import { languages, loadEmojiData, side } from './emoji-data.js';
import { ranksOfOwn, recallAt } from './ranks.js';
import { starterLoss } from './starter-loss.js';
import { paint, vary } from './vary.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: '../../../shared/data/emoji' },
    out: { type: 'string', default: 'train/run' },
    minutes: { type: 'string', default: '88' },
    vendors: { type: 'string', default: 'noto,twemoji,blob' },
    watch: { type: 'string', default: 'twemoji' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '0.0015' },
    'table-rate': { type: 'string', default: '0.15' },
    layers: { type: 'string', default: '24/2,48/2,96/2,96/1,128/2' },
    resume: { type: 'boolean', default: false },
  },
});
const vendors = flags.vendors.split(',');
const seed = Number(flags.seed);
const batch = 32;
/** Sets of captions a step: English, and others in a language by chance for each emoji. */
const sets = 3;
const dim = 128;

// ---- backend
const require = createRequire(import.meta.url);
setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
await tf.setBackend('wasm');
enableWasmTraining();

// ---- data
const data = await loadEmojiData(flags.data);
const trained = data.emoji.map((_, i) => i).filter((i) => !data.heldOut[i]);
const drawings = new Map<number, StyledDrawing[]>(trained.map((i) => [i, []]));
for (const vendor of vendors)
  for (const [i, drawing] of await data.drawings(vendor)) drawings.get(i)?.push(analyseDrawing(drawing));
const watched = await data.drawings(flags.watch);

// ---- model
const image = createConvEmbedder({
  preprocessing: { width: side, height: side, fit: 'pad' },
  layers: flags.layers.split(',').map((layer) => {
    const [channels, stride] = layer.split('/').map(Number);
    return { channels: channels!, stride: stride! };
  }),
  dim,
  seed,
});
const text = createTextEncoder({ dim, seed });
const captions = createCaptionMaker(text.hashing);
const optimizer = adamW({ learningRate: Number(flags.rate), beta2: 0.98, weightDecay: 0.05 });
const weights = await openTrainingWeights([...image.weights, ...text.weights], optimizer);
const average = weightAverage(
  weights.list.map(({ values }) => values),
  0.998,
);
const averageTable = text.table.values.slice();
const averageEvery = 10;

const start = { step: 0, seconds: 0 };
const checkpoint = join(flags.out, 'checkpoint.safetensors');
await mkdir(flags.out, { recursive: true });
if (flags.resume) await restore();

const log = (facts: object) => console.log(JSON.stringify({ at: new Date().toISOString().slice(11, 19), ...facts }));
log({
  trained: trained.length,
  heldOut: data.emoji.length - trained.length,
  drawings: [...drawings.values()].reduce((sum, list) => sum + list.length, 0),
  imageWeights: image.weights.reduce((sum, { variable }) => sum + variable.size, 0),
  textWeights: text.table.values.length + text.weights.reduce((sum, { variable }) => sum + variable.size, 0),
  ...flags,
});

// ---- training
const budget = Number(flags.minutes) * 60;
const began = performance.now();
let paused = 0;
const seconds = () => start.seconds + (performance.now() - began - paused) / 1000;
let step = start.step;
let sums = { loss: 0, parts: new Float64Array(5), count: 0 };
let order: number[] = [];
const marks = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].filter((mark) => mark > start.seconds / budget);
const restyled = new Uint8Array(side * side * 4);
for (;;) {
  const share = seconds() / budget;
  if (share >= 1) break;
  const rng = createRng(seed * 1_000_003 + step);
  const factor = Math.min(1, (step + 1) / 50) * (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * share)));
  if (order.length < batch) order = rng.shuffle(trained.map((_, k) => k));
  const chosen = order.splice(0, batch);

  const pixels = new Float32Array(2 * batch * side * side * 3);
  chosen.forEach((k, b) => {
    const list = drawings.get(trained[k]!)!;
    rng.sample(list.length, Math.min(2, list.length)).forEach((which, half) => {
      const at = (half * batch + b) * side * side * 3;
      restyle(list[which]!, rng, restyled);
      vary(restyled, rng, pixels.subarray(at, at + side * side * 3));
    });
    if (list.length === 1) throw new Error('An emoji needs the drawings of two vendors.');
  });
  const rows: Int32Array[] = [];
  for (let set = 0; set < sets; set++)
    for (const i of trained) {
      const texts = data.texts[i]!;
      const language = set === 0 ? 'en' : languages[1 + rng.integer(languages.length - 1)]!;
      rows.push(captions.random(texts[language] ?? texts['en']!, rng));
    }

  const bags = tf.tidy(() => tf.variable(tf.tensor2d(text.table.sum(rows), [rows.length, text.table.width])));
  const inputs = tf.tensor4d(pixels, [2 * batch, side, side, 3]);
  const variables = weights.list.map(({ weight }) => weight.variable);
  const parts: tf.Scalar[] = [];
  const { value, grads } = tf.tidy(() =>
    tf.variableGrads(() => {
      const images = image.forward(inputs, { training: true, seed: step });
      const texts = text.forward(bags, { training: true, seed: step });
      return starterLoss(images, texts, { chosen, sets, parts });
    }, [...variables, bags]),
  );
  const loss = value.dataSync()[0]!;
  if (!Number.isFinite(loss)) throw new Error(`The loss is ${loss} in step ${step}.`);
  const bagGradient = grads[bags.name]!.dataSync() as Float32Array;
  text.table.update(rows, bagGradient, Number(flags['table-rate']) * factor);
  grads[bags.name]!.dispose();
  await weights.add(Object.fromEntries(weights.list.map(({ weight }) => [weight.name, grads[weight.variable.name]!])));
  step++;
  weights.update({ optimizer, learningRate: Number(flags.rate) * factor, update: step, batches: 1, clip: undefined });
  weights.show();
  average.add(
    weights.list.map(({ values }) => values),
    step,
  );
  if (step % averageEvery === 0) averageTheTable();
  sums.loss += loss;
  parts.forEach((part, p) => {
    sums.parts[p]! += part.dataSync()[0]!;
  });
  sums.count++;
  tf.dispose([bags, inputs, value, ...parts]);

  if (step === 10 || step % 100 === 0) {
    log({
      step,
      minutes: round(seconds() / 60),
      perSecond: round((step * 2 * batch) / seconds()),
      loss: round(sums.loss / sums.count, 3),
      parts: [...sums.parts].map((part) => round(part / sums.count, 3)),
      tensors: tf.memory().numTensors,
      megabytes: Math.round(process.memoryUsage().rss / 1e6),
    });
    sums = { loss: 0, parts: new Float64Array(5), count: 0 };
  }
  if (marks.length > 0 && seconds() / budget >= marks[0]!) {
    marks.shift();
    const pause = performance.now();
    await save(`weights-${String(step).padStart(5, '0')}.safetensors`);
    await saveCheckpoint();
    paused += performance.now() - pause;
  }
}
log({ watch: flags.watch, step, minutes: round(seconds() / 60), ...evaluate() });
await save('weights-final.safetensors');
log({ done: true, step, drawings: step * 2 * batch, minutes: round(seconds() / 60) });
process.exit();

// ---- averages, evaluation on training vendors, files
function averageTheTable(): void {
  const decay = Math.min(0.998, (1 + step) / (10 + step)) ** averageEvery;
  const { values } = text.table;
  for (let i = 0; i < values.length; i++) averageTable[i] = decay * averageTable[i]! + (1 - decay) * values[i]!;
}

function evaluate() {
  const own = text.table.values.slice();
  weights.show(average.values);
  text.table.values.set(averageTable);
  const all = data.emoji.map((_, i) => i).filter((i) => watched.has(i));
  const imageRows = new Float32Array(data.emoji.length * dim);
  for (let from = 0; from < all.length; from += 64) {
    const some = all.slice(from, from + 64);
    const pixels = new Float32Array(some.length * side * side * 3);
    some.forEach((i, k) => {
      paint(watched.get(i)!, pixels.subarray(k * side * side * 3, (k + 1) * side * side * 3));
    });
    const rows = read(() =>
      image.forward(tf.tensor4d(pixels, [some.length, side, side, 3]), { training: false, seed: 0 }),
    );
    some.forEach((i, k) => {
      imageRows.set(rows.subarray(k * dim, (k + 1) * dim), i * dim);
    });
  }
  const embed = (texts: readonly string[]) => {
    const sums = text.table.sum(texts.map((one) => captions.rowsOf(one)));
    const bags = () => tf.tensor2d(sums, [texts.length, text.table.width]);
    return { data: read(() => text.forward(bags(), { training: false, seed: 0 })), dim };
  };
  const queries = trained.filter((i) => watched.has(i));
  const ranks = (texts: readonly string[], asked = queries, gallery = all) =>
    ranksOfOwn(embed(texts), { data: imageRows, dim }, { queries: asked, gallery });
  const names = (language: string) => data.texts.map((texts) => (texts[language] ?? texts['en']!).name);
  const english = ranks(names('en'));
  const perLanguage = languages.map((language) => recallAt(ranks(names(language)), 10));
  const unseen = all.filter((i) => data.heldOut[i]);
  const result = {
    name1: round(recallAt(english, 1)),
    name10: round(recallAt(english, 10)),
    keywords10: round(recallAt(ranks(data.texts.map(({ en }) => en!.keywords.join(' '))), 10)),
    languages10: round(perLanguage.reduce((a, b) => a + b, 0) / languages.length),
    // Only where the run watches a vendor for a choice: figures of held-out emoji are for the end.
    ...(vendors.includes(flags.watch) ? {} : { unseen10: round(recallAt(ranks(names('en'), unseen, unseen), 10)) }),
  };
  weights.show();
  text.table.values.set(own);
  return result;
}

function read(make: () => tf.Tensor): Float32Array {
  const tensor = tf.tidy(make);
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values;
}

async function save(name: string): Promise<void> {
  await writeArrays(name, {
    table: averageTable,
    ...Object.fromEntries(weights.list.map(({ weight }, i) => [weight.name, average.values[i]!])),
  });
}

async function saveCheckpoint(): Promise<void> {
  const { values: table, squares } = text.table.save();
  const arrays: Record<string, Float32Array> = {
    table: table!.data as Float32Array,
    squares: squares!.data as Float32Array,
    averageTable,
    progress: Float32Array.of(step, seconds()),
  };
  weights.list.forEach(({ weight, values, slots }, i) => {
    arrays[weight.name] = values;
    arrays[`${weight.name}:average`] = average.values[i]!;
    for (const [slot, state] of Object.entries(slots)) arrays[`${weight.name}:${slot}`] = state;
  });
  await writeArrays('checkpoint.safetensors', arrays);
}

async function writeArrays(name: string, arrays: Readonly<Record<string, Float32Array>>): Promise<void> {
  const tensors = new Map(
    Object.entries(arrays).map(([key, values]) => [
      key,
      {
        dtype: 'F32' as const,
        shape: [values.length],
        bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      },
    ]),
  );
  const path = join(flags.out, name);
  await writeFile(`${path}.part`, writeSafetensors({ tensors }));
  await rename(`${path}.part`, path);
}

async function restore(): Promise<void> {
  const { tensors } = readSafetensors(new Uint8Array(await readFile(checkpoint)));
  const array = (key: string) => new Float32Array(Uint8Array.from(tensors.get(key)!.bytes).buffer);
  text.table.restore({
    values: { data: array('table'), shape: [] },
    squares: { data: array('squares'), shape: [] },
  });
  averageTable.set(array('averageTable'));
  weights.list.forEach(({ weight, values, slots }, i) => {
    values.set(array(weight.name));
    average.values[i]!.set(array(`${weight.name}:average`));
    for (const [slot, state] of Object.entries(slots)) state.set(array(`${weight.name}:${slot}`));
  });
  weights.show();
  const [steps = 0, spent = 0] = array('progress');
  Object.assign(start, { step: steps, seconds: spent });
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
