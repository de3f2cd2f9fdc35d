import { crc32c } from './crc32c.js';
import { createGallery, type Gallery } from './gallery.js';
import { NearkinError } from './nearkin-error.js';
import { readSafetensors, type SafetensorsEntry, writeSafetensors } from './safetensors.js';
import { createVectors } from './vectors.js';

const format = 'nearkin-gallery';
const version = 1;

/**
 * Writes a gallery as a safetensors file: `vectors` F32 `[count, dim]`; `ids`, `labels` and `metadata` as UTF-8 JSON
 * lists in U8 tensors; format, version, embedder and a CRC-32C for each tensor in the header's metadata.
 * Any safetensors reader opens it.
 *
 * @example
 * // In Python: safetensors.numpy.load_file('pets.safetensors')['vectors'].shape  -> (12, 1280)
 */
export function writeGallery(gallery: Gallery): Uint8Array {
  const { vectors, ids, labels, metadata, modelId } = gallery;
  const tensors = new Map<string, SafetensorsEntry>([
    ['vectors', { dtype: 'F32', shape: [vectors.count, vectors.dim], bytes: littleEndianBytes(vectors.data) }],
    ['ids', jsonEntry(ids)],
    ['labels', jsonEntry(labels)],
  ]);
  if (metadata) tensors.set('metadata', jsonEntry(metadata));
  const header = new Map([
    ['format', format],
    ['version', String(version)],
  ]);
  if (modelId !== undefined) header.set('modelId', modelId);
  for (const [name, { bytes }] of tensors) header.set(`crc32c.${name}`, checksum(bytes));
  return writeSafetensors({ tensors, metadata: header });
}

/**
 * Reads what {@link writeGallery} wrote, checking lengths, checksums and values. The vectors are a copy.
 *
 * @throws {NearkinError} `BAD_FORMAT` when the file is damaged or something else, `UNSUPPORTED_VERSION` when it is newer
 */
export function readGallery(bytes: Uint8Array): Gallery {
  const { tensors, metadata: header } = readSafetensors(bytes);
  if (header.get('format') !== format)
    throw new NearkinError(
      'BAD_FORMAT',
      `Expected a gallery (format ${format}), got a safetensors file of format ${header.get('format') ?? 'unknown'}.`,
    );
  const found = Number(header.get('version'));
  if (found !== version)
    throw new NearkinError(
      found > version ? 'UNSUPPORTED_VERSION' : 'BAD_FORMAT',
      `Expected gallery version ${version}, got ${header.get('version')}; a newer nearkin may read it.`,
      { details: { expected: version, received: header.get('version') } },
    );
  const entry = (name: string): SafetensorsEntry => {
    const tensor = tensors.get(name);
    if (!tensor) throw bad(`${name} is missing`);
    if (checksum(tensor.bytes) !== header.get(`crc32c.${name}`))
      throw bad(`${name} does not match its checksum; the file is damaged`);
    return tensor;
  };
  const { dtype, shape, bytes: raw } = entry('vectors');
  const [count, dim] = shape;
  if (dtype !== 'F32' || shape.length !== 2 || !count || !dim)
    throw bad(`expected float32 vectors [count, dim], got ${dtype} [${shape.join(', ')}]`);
  const metadata = tensors.has('metadata') ? jsonList(entry('metadata'), 'metadata') : undefined;
  return createGallery({
    vectors: createVectors(floatsFrom(raw), dim),
    ids: strings(jsonList(entry('ids'), 'ids'), 'ids'),
    labels: strings(jsonList(entry('labels'), 'labels'), 'labels'),
    modelId: header.get('modelId'),
    metadata,
  });
}

const bigEndianHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

function littleEndianBytes(data: Float32Array): Uint8Array {
  if (!bigEndianHost) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const out = new DataView(new ArrayBuffer(data.byteLength));
  data.forEach((value, i) => {
    out.setFloat32(i * 4, value, true);
  });
  return new Uint8Array(out.buffer);
}

function floatsFrom(raw: Uint8Array): Float32Array {
  // Not raw.slice(): for a Node Buffer that is a view into its pool.
  const copy = new Uint8Array(raw);
  if (!bigEndianHost) return new Float32Array(copy.buffer);
  const view = new DataView(copy.buffer);
  return Float32Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}

function checksum(bytes: Uint8Array): string {
  return crc32c(bytes).toString(16).padStart(8, '0');
}

function jsonEntry(list: readonly unknown[]): SafetensorsEntry {
  const bytes = new TextEncoder().encode(JSON.stringify(list));
  return { dtype: 'U8', shape: [bytes.length], bytes };
}

function jsonList(entry: SafetensorsEntry, name: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(entry.bytes));
  } catch (cause) {
    throw bad(`${name} is not JSON`, cause);
  }
  if (!Array.isArray(value)) throw bad(`${name} is not a list`);
  return value;
}

function strings(list: unknown[], name: string): string[] {
  if (!list.every((value) => typeof value === 'string')) throw bad(`${name} holds something that is not a string`);
  return list;
}

function bad(reason: string, cause?: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid gallery file: ${reason}.`, { cause });
}
