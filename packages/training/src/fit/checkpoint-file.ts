import {
  type BundleTarget,
  crc32c,
  NearkinError,
  openBundle,
  readSafetensors,
  type SafetensorsDtype,
  type SafetensorsEntry,
  writeBundle,
  writeSafetensors,
} from '@nearkin/core';
import { contentName } from '@nearkin/embedders';
import type { StateArray } from './step-state.js';

/** A run as plain data. */
export interface SavedRun {
  readonly arrays: ReadonlyMap<string, StateArray>;
  /** JSON values. */
  readonly state: Readonly<Record<string, unknown>>;
}

const root = 'checkpoint.json';
const version = 1;
const dtypes = { Float32Array: 'F32', Float64Array: 'F64', Int32Array: 'I32', Uint8Array: 'U8' } as const;

/**
 * Writes a checkpoint: arrays in a safetensors file whose name carries its hash, the rest in `checkpoint.json`, which is
 * replaced last. A reader finds the old checkpoint or the new one, also after a power cut.
 *
 * @throws {NearkinError} `DISK_FULL`, `IO_ERROR`; the checkpoint before it is then whole
 */
export async function writeCheckpoint(target: BundleTarget, run: SavedRun): Promise<void> {
  const tensors = new Map<string, SafetensorsEntry>();
  for (const [name, { data, shape }] of run.arrays) {
    const dtype = dtypes[data.constructor.name as keyof typeof dtypes];
    tensors.set(name, { dtype, shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
  }
  const bytes = writeSafetensors({ tensors });
  const name = contentName('arrays.safetensors', bytes);
  const state = JSON.stringify(run.state);
  const json = {
    format: 'nearkin-checkpoint',
    version,
    files: [name],
    crc32c: { arrays: crc32c(bytes), state: crc32c(new TextEncoder().encode(state)) },
    state: run.state,
  };
  const files = new Map([
    [root, new TextEncoder().encode(JSON.stringify(json))],
    [name, bytes],
  ]);
  await writeBundle(target, files, root);
}

/**
 * @returns undefined when there is none
 * @throws {NearkinError} `BAD_FORMAT` for a damaged one, `UNSUPPORTED_VERSION`
 */
export async function readCheckpoint(target: BundleTarget): Promise<SavedRun | undefined> {
  let bytes: Uint8Array;
  let read: (name: string) => Promise<Uint8Array>;
  try {
    const { bundle } = await openBundle(target);
    read = (name) => bundle.read(name);
    bytes = await read(root);
  } catch (error) {
    if (error instanceof NearkinError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
  const where = String(target);
  const json = parse(bytes, where);
  if (typeof json['version'] === 'number' && json['version'] > version)
    throw new NearkinError(
      'UNSUPPORTED_VERSION',
      `The checkpoint in ${where} was written by a newer version (format ${json['version']}, this one reads ${version}); update nearkin.`,
      { details: { version: json['version'] } },
    );
  const { files, crc32c: sums, state } = json as { files?: unknown; crc32c?: Record<string, unknown>; state?: unknown };
  const name = Array.isArray(files) ? files[0] : undefined;
  if (
    json['format'] !== 'nearkin-checkpoint' ||
    typeof name !== 'string' ||
    typeof state !== 'object' ||
    state === null
  )
    throw damaged(where, 'its checkpoint.json is not one');
  if (sums?.['state'] !== crc32c(new TextEncoder().encode(JSON.stringify(state))))
    throw damaged(where, 'its state changed');
  const data = await read(name);
  if (sums['arrays'] !== crc32c(data)) throw damaged(where, `${name} changed`);
  const arrays = new Map<string, StateArray>();
  for (const [key, { dtype, shape, bytes: raw }] of readSafetensors(data).tensors)
    arrays.set(key, { data: toArray(dtype, raw, where), shape });
  return { arrays, state: state as Record<string, unknown> };
}

function parse(bytes: Uint8Array, where: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch {}
  throw damaged(where, 'its checkpoint.json is not JSON');
}

function toArray(dtype: SafetensorsDtype, bytes: Uint8Array, where: string): StateArray['data'] {
  // A copy: the bytes may lie anywhere in a larger buffer.
  const { buffer } = bytes.slice();
  if (dtype === 'F32') return new Float32Array(buffer);
  if (dtype === 'F64') return new Float64Array(buffer);
  if (dtype === 'I32') return new Int32Array(buffer);
  if (dtype === 'U8') return new Uint8Array(buffer);
  throw damaged(where, `it holds numbers of type ${dtype}`);
}

function damaged(where: string, reason: string): NearkinError {
  return new NearkinError(
    'BAD_FORMAT',
    `The checkpoint in ${where} is damaged: ${reason}. Start anew, or restore a copy.`,
    {
      details: { where },
    },
  );
}
