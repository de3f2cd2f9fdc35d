import { type Bundle, NearkinError } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import { assertWeights, badModel, parseSpecs } from './weight-specs.js';

export interface ReadModelOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each file with the files read and the files in all. */
  readonly onProgress?: ((progress: { done: number; total: number | null; phase?: string }) => void) | undefined;
}

/**
 * Reads a tfjs model (LayersModel or GraphModel) as it is stored, quantised weights and all, and checks that topology
 * and weights fit together before anything is allocated for them.
 *
 * @param file the model's JSON inside the bundle
 * @returns artifacts whose `weightData` is one buffer in the order of `weightSpecs`
 * @throws {NearkinError} `NOT_FOUND` without the file, `BAD_MODEL` for missing, short or inconsistent weights,
 *   `UNSAFE_PATH` for a weight path that leads out of the folder, `IO_ERROR`, `ABORTED`
 */
export async function readModelArtifacts(
  bundle: Bundle,
  file = 'model.json',
  options: ReadModelOptions = {},
): Promise<io.ModelArtifacts> {
  const where = `${bundle.location}${bundle.location.endsWith('/') ? '' : '/'}${file}`;
  const { signal, onProgress } = options;
  const json = parseJson(await bundle.read(file, { signal }), where);
  const { modelTopology, weightsManifest } = json;
  if (!isRecord(modelTopology)) throw badModel(where, 'it has no modelTopology; is this the JSON of a tfjs model?');
  if (!Array.isArray(weightsManifest)) throw badModel(where, 'it has no weightsManifest');
  const slash = file.lastIndexOf('/');
  const folder = file.slice(0, slash + 1);
  const groups = weightsManifest.map((group: unknown) => {
    if (!isRecord(group) || !Array.isArray(group['paths']) || !group['paths'].every((path) => typeof path === 'string'))
      throw badModel(where, 'a group of weights has no list of paths');
    return { paths: group['paths'] as string[], specs: parseSpecs(group['weights'], where) };
  });
  const total = groups.reduce((sum, group) => sum + group.paths.length, 1);
  let done = 1;
  onProgress?.({ done, total, phase: 'read' });
  const buffers: Uint8Array[] = [];
  for (const { paths, specs } of groups) {
    const parts: Uint8Array[] = [];
    for (const path of paths) {
      parts.push(await readWeights(bundle, folder + path, signal));
      onProgress?.({ done: ++done, total, phase: 'read' });
    }
    const bytes = joinBytes(parts);
    assertWeights(specs, bytes, where);
    buffers.push(bytes);
  }
  const specs = groups.flatMap((group) => group.specs);
  if (new Set(specs.map((spec) => spec.name)).size !== specs.length) throw badModel(where, 'two weights have one name');
  const known: Record<string, unknown> = {};
  for (const key of ['format', 'generatedBy', 'convertedBy', 'signature', 'userDefinedMetadata', 'modelInitializer'])
    if (json[key] !== undefined && json[key] !== null) known[key] = json[key];
  return {
    ...known,
    modelTopology,
    weightSpecs: specs,
    weightData: joinBytes(buffers).buffer as ArrayBuffer,
  };
}

/**
 * The same checks for artifacts that come from a tfjs IOHandler.
 *
 * @throws {NearkinError} `BAD_MODEL`
 */
export async function checkArtifacts(artifacts: io.ModelArtifacts, where: string): Promise<io.ModelArtifacts> {
  if (!isRecord(artifacts.modelTopology)) throw badModel(where, 'it has no modelTopology');
  const weightSpecs = parseSpecs(artifacts.weightSpecs ?? [], where);
  const { weightData, getWeightStream } = artifacts;
  const parts: Uint8Array[] = [];
  if (weightData) for (const part of [weightData].flat()) parts.push(new Uint8Array(part));
  else if (getWeightStream) {
    const reader = getWeightStream().getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(new Uint8Array(next.value));
  }
  const bytes = joinBytes(parts);
  assertWeights(weightSpecs, bytes, where);
  return { ...artifacts, weightSpecs, weightData: bytes.buffer as ArrayBuffer };
}

async function readWeights(bundle: Bundle, path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await bundle.read(path, { signal });
  } catch (error) {
    if (error instanceof NearkinError && error.code === 'NOT_FOUND')
      throw new NearkinError(
        'BAD_MODEL',
        `The model in ${bundle.location} names the weights ${path}, but there is no such file; copy the whole folder.`,
        { cause: error, details: { location: bundle.location, path } },
      );
    throw error;
  }
}

function parseJson(bytes: Uint8Array, where: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw badModel(where, 'it is not JSON', cause);
  }
  if (!isRecord(json)) throw badModel(where, 'it is not a JSON object');
  return json;
}

/** One buffer of its own, exactly as long as the parts together. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
