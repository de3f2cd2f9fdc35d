import { readFile } from 'node:fs/promises';
import { NearkinError, readSafetensors, type SafetensorsEntry, writeSafetensors } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import { type ConvEmbedder, createConvEmbedder } from '@nearkin/training';
import { tensor, tidy } from '@tensorflow/tfjs';
import { net } from './recipe.js';

/** Writes the weights of one net. */
export async function writeTower(file: string, model: ConvEmbedder): Promise<void> {
  const tensors = new Map<string, SafetensorsEntry>();
  for (const { name, variable } of model.weights) {
    const values = await variable.data<'float32'>();
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    tensors.set(name, { dtype: 'F32', shape: variable.shape, bytes });
  }
  await replaceFile(file, writeSafetensors({ tensors }));
}

/** The net of the recipe with the weights of a file. */
export async function readTower(file: string): Promise<ConvEmbedder> {
  const { tensors } = readSafetensors(new Uint8Array(await readFile(file)));
  const model = createConvEmbedder(net);
  for (const { name, variable } of model.weights) {
    const entry = tensors.get(name);
    if (!entry || entry.bytes.length !== variable.size * 4)
      throw new NearkinError('BAD_FORMAT', `Expected the weight ${name} of shape ${variable.shape} in ${file}.`);
    const values = new Float32Array(entry.bytes.slice().buffer);
    tidy(() => variable.assign(tensor(values, variable.shape) as typeof variable));
  }
  return model;
}
