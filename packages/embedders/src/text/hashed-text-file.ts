import { crc32c, NearkinError, readSafetensors, type SafetensorsEntry, writeSafetensors } from '@nearkin/core';
import { badModel } from '../models/weight-specs.js';
import type { HashedTextEmbedderParts, StoredMatrix } from './hashed-text-embedder.js';

const format = 'nearkin-hashed-text';
const version = 1;
const matrices = ['table', 'direct', 'hidden', 'hiddenBias', 'output'] as const;

/**
 * The parts of a hashed text embedder as a safetensors file, bytes as bytes; each tensor with its CRC-32C.
 *
 * @returns the same bytes for the same parts; the identity is not among them, it follows from them
 */
export function writeHashedText(parts: HashedTextEmbedderParts): Uint8Array {
  const tensors = new Map<string, SafetensorsEntry>();
  const metadata = new Map([
    ['format', format],
    ['version', String(version)],
    ['rows', String(parts.hashing.rows)],
    ['seed', String(parts.hashing.seed)],
  ]);
  for (const name of matrices) {
    const { rows, columns, data, scale, min } = parts[name];
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    tensors.set(name, { dtype: data instanceof Float32Array ? 'F32' : 'U8', shape: [rows, columns], bytes });
    if (!(data instanceof Float32Array)) {
      metadata.set(`scale.${name}`, String(scale ?? 1));
      metadata.set(`min.${name}`, String(min ?? 0));
    }
  }
  if (parts.known) tensors.set('known', { dtype: 'U8', shape: [parts.known.length], bytes: parts.known });
  for (const [name, { bytes }] of tensors) metadata.set(`crc32c.${name}`, checksum(bytes));
  return writeSafetensors({ tensors, metadata });
}

/**
 * Reads what {@link writeHashedText} wrote.
 *
 * @throws {NearkinError} `BAD_FORMAT` for a damaged file, `BAD_MODEL` for one that is something else,
 *   `UNSUPPORTED_VERSION`
 */
export function readHashedText(bytes: Uint8Array, where: string): HashedTextEmbedderParts {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.get('format') !== format)
    throw badModel(where, `its text table has the format ${metadata.get('format') ?? 'unknown'}, expected ${format}`);
  if (Number(metadata.get('version')) > version)
    throw new NearkinError(
      'UNSUPPORTED_VERSION',
      `${where} was saved by a newer version (text table ${metadata.get('version')}, this one reads ${version}); update nearkin.`,
    );
  const entry = (name: string): SafetensorsEntry => {
    const tensor = tensors.get(name);
    if (!tensor) throw badModel(where, `its text table has no ${name}`);
    if (checksum(tensor.bytes) !== metadata.get(`crc32c.${name}`))
      throw new NearkinError('BAD_FORMAT', `${where}: ${name} does not match its checksum; the file is damaged.`);
    return tensor;
  };
  const matrix = (name: (typeof matrices)[number]): StoredMatrix => {
    const { dtype, shape, bytes: raw } = entry(name);
    const [rows = 0, columns = 0] = shape;
    if (shape.length !== 2 || (dtype !== 'F32' && dtype !== 'U8'))
      throw badModel(where, `its ${name} is ${dtype} [${shape.join(', ')}], expected F32 or U8 [rows, columns]`);
    // A copy, so that the numbers are aligned and the file can go.
    const copy = new Uint8Array(raw);
    if (dtype === 'F32') return { rows, columns, data: new Float32Array(copy.buffer) };
    return {
      rows,
      columns,
      data: copy,
      scale: Number(metadata.get(`scale.${name}`)),
      min: Number(metadata.get(`min.${name}`)),
    };
  };
  return {
    hashing: { rows: Number(metadata.get('rows')), seed: Number(metadata.get('seed')) },
    table: matrix('table'),
    direct: matrix('direct'),
    hidden: matrix('hidden'),
    hiddenBias: matrix('hiddenBias'),
    output: matrix('output'),
    ...(tensors.has('known') ? { known: new Uint8Array(entry('known').bytes) } : {}),
  };
}

function checksum(bytes: Uint8Array): string {
  return crc32c(bytes).toString(16).padStart(8, '0');
}
