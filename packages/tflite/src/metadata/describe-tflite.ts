import { NearkinError } from '@nearkin/core';
import { readModel, type TfliteModel, type TfliteTensor } from '../model/read-model.js';
import { readMetadata, type TfliteMetadata } from './read-metadata.js';
import { unpackEntry } from './unpack-entry.js';
import { splitModel } from './zip-entries.js';

/** What a `.tflite` file is. */
export interface TfliteDescription {
  /** What wrote it. */
  readonly description: string;
  readonly inputs: readonly TfliteTensorInfo[];
  readonly outputs: readonly TfliteTensorInfo[];
  readonly tensors: number;
  readonly operators: number;
  /** Kinds of operators and how often each stands in the model, most frequent first. */
  readonly operatorKinds: readonly (readonly [name: string, count: number])[];
  readonly metadata: TfliteMetadata | undefined;
  /** Associated files behind the model; sizes in bytes, unpacked. */
  readonly files: readonly { readonly name: string; readonly size: number }[];
}

/** What is said of an input or output: name, shape, type and quantisation. */
export type TfliteTensorInfo = Pick<TfliteTensor, 'name' | 'shape' | 'type' | 'quantization'>;

/** Unpacked files may be so many times as large as the whole model file. */
const maxGrowth = 4;

/**
 * Describes a `.tflite` model, every reference in it checked.
 *
 * @throws {NearkinError} `BAD_FORMAT`, `UNSUPPORTED`, `UNSUPPORTED_VERSION`, `TOO_LARGE`
 * @example
 * describeTflite(bytes).outputs[0].shape; // [1, 35]
 */
export function describeTflite(bytes: Uint8Array): TfliteDescription {
  const { model: part, entries } = splitModel(bytes);
  const model = readModel(part);
  return {
    description: model.description,
    inputs: model.inputs.map((index) => infoOf(model, index)),
    outputs: model.outputs.map((index) => infoOf(model, index)),
    tensors: model.tensorCount,
    operators: model.operatorCount,
    operatorKinds: countOperators(model),
    metadata: readMetadata(model),
    files: entries.map(({ name, size }) => ({ name, size })),
  };
}

/**
 * Reads a file that is kept with a model: its labels, a vocabulary. At most four times the model file's size is unpacked.
 *
 * @throws {NearkinError} `NOT_FOUND`, `TOO_LARGE` for a file that would unpack to more, `BAD_FORMAT`, `UNSUPPORTED`
 * @example
 * const labels = new TextDecoder().decode(await readAssociatedFile(bytes, 'labels.txt')).split('\n');
 */
export async function readAssociatedFile(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  const { entries } = splitModel(bytes);
  const entry = entries.find((one) => one.name === name);
  if (entry) return unpackEntry(entry, { limit: maxGrowth * bytes.length });
  const names = entries.slice(0, 12).map((one) => one.name);
  throw new NearkinError(
    'NOT_FOUND',
    `The model has no associated file ${JSON.stringify(name)}; ${names.length > 0 ? `there are ${names.join(', ')}` : 'there are none'}.`,
    { details: { name, files: names } },
  );
}

function infoOf(model: TfliteModel, index: number): TfliteTensorInfo {
  const { name, shape, type, quantization } = model.tensor(index);
  return { name, shape, type, quantization };
}

function countOperators(model: TfliteModel): [string, number][] {
  const counts = new Map<string, number>();
  for (let i = 0; i < model.operatorCount; i++) {
    const { name } = model.operator(i);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}
