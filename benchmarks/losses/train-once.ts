import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { evaluateRetrieval } from '@nearkin/evaluation';
import {
  adamW,
  createConvEmbedder,
  embedData,
  embeddingMemory,
  fit,
  type PictureTrainingData,
  perClassSampler,
  pixelData,
} from '@nearkin/training';
import { sharedData } from '../../testing/shared-data.js';
import type { Method } from './methods.js';

const side = 28;
const drawers = 20;
export const batch = { classesPerBatch: 16, samplesPerClass: 4 } as const;
export const memory = { size: 256, warmupSteps: 250 } as const;
const dim = 32;
const preprocessing = {
  width: side,
  height: side,
  colorOrder: 'gray',
  mean: [31.875, 31.875, 31.875],
  std: [127.5, 127.5, 127.5],
  center: 'mass',
} as const;

/** Characters of Omniglot's background set: those to learn from, to tune on, and to judge on. No class is in two parts. */
export const parts = { train: [0, 564], validation: [564, 764], test: [764, 964] } as const;

/** The three parts as training data, or undefined where the drawings are not at hand. */
export async function readParts(): Promise<Record<keyof typeof parts, PictureTrainingData> | undefined> {
  const folder = sharedData('omniglot');
  if (!folder) return undefined;
  const all = new Uint8Array(gunzipSync(await readFile(join(folder, 'background-28.u8.gz'))));
  const part = ([start, end]: readonly [number, number]) => {
    const size = drawers * side * side;
    const labels = Array.from({ length: (end - start) * drawers }, (_, i) => String(start + Math.floor(i / drawers)));
    return pixelData(
      { samples: all.subarray(start * size, end * size), labels },
      { preprocessing: model(0).preprocessing },
    );
  };
  return { train: part(parts.train), validation: part(parts.validation), test: part(parts.test) };
}

/** One run: a fresh net, trained for some steps, and MAP@R among the drawings of the part that was asked for. */
export async function trainOnce(
  data: Record<keyof typeof parts, PictureTrainingData>,
  run: {
    readonly method: Method;
    readonly withMemory: boolean;
    readonly value: number;
    readonly learningRate: number;
    readonly seed: number;
    readonly steps: number;
    readonly judge: 'validation' | 'test';
  },
): Promise<{ mapAtR: number; hitRateAt1: number; seconds: number }> {
  const { method, value, seed } = run;
  const started = process.cpuUsage();
  const net = model(seed);
  const setting = { dim, value, classes: data.train.labelNames.length };
  const loss = method.loss(setting);
  await fit(net, data.train, {
    loss,
    miner: method.miner?.(setting),
    memory: run.withMemory ? embeddingMemory(memory) : undefined,
    sampler: perClassSampler({ labels: data.train.labels, ...batch, seed }),
    optimizer: adamW({ learningRate: run.learningRate }),
    steps: run.steps,
    seed,
    augment: false,
    monitor: false,
  });
  const gallery = await embedData(net, data[run.judge]);
  const { mean } = await evaluateRetrieval({ queries: gallery, k: 1, wholeList: false, workers: 1 });
  net.dispose();
  loss.dispose();
  const { user, system } = process.cpuUsage(started);
  return { mapAtR: mean['apAtR']!, hitRateAt1: mean['hitRate@1']!, seconds: (user + system) / 1e6 };
}

function model(seed: number) {
  return createConvEmbedder({
    preprocessing,
    layers: [
      { channels: 16, stride: 2 },
      { channels: 32, stride: 2 },
      { channels: 32, stride: 2 },
    ],
    dim,
    seed,
  });
}
