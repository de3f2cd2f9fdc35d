import {
  createGallery,
  createVectors,
  type Gallery,
  NearkinError,
  readGallery,
  readSafetensors,
  type SafetensorsEntry,
  vectorAt,
  writeGallery,
  writeSafetensors,
} from '@nearkin/core';
import { dequantizeRow, quantizeRow } from '../matching/int8-row.js';

const format = 'nearkin-gallery-int8';

/**
 * A classifier's rows as a safetensors file: core's gallery format, or, for an int8 classifier, `codes` I8
 * `[count, dim]` (a row is its codes scaled to length 1) with `ids`, `labels` and `metadata` as UTF-8 JSON lists.
 */
export function galleryBytes(gallery: Gallery, int8: boolean): Uint8Array {
  if (!int8) return writeGallery(gallery);
  const { vectors, ids, labels, metadata, modelId } = gallery;
  const codes = new Int8Array(vectors.count * vectors.dim);
  for (let row = 0; row < vectors.count; row++) codes.set(quantizeRow(vectorAt(vectors, row)).codes, row * vectors.dim);
  const tensors = new Map<string, SafetensorsEntry>([
    ['codes', { dtype: 'I8', shape: [vectors.count, vectors.dim], bytes: new Uint8Array(codes.buffer) }],
    ['ids', jsonEntry(ids)],
    ['labels', jsonEntry(labels)],
  ]);
  if (metadata) tensors.set('metadata', jsonEntry(metadata));
  const header = new Map([['format', format]]);
  if (modelId !== undefined) header.set('modelId', modelId);
  return writeSafetensors({ tensors, metadata: header });
}

/** @throws {NearkinError} `BAD_FORMAT`, `UNSUPPORTED_VERSION` */
export function galleryFromBytes(bytes: Uint8Array, int8: boolean): Gallery {
  if (!int8) return readGallery(bytes);
  const { tensors, metadata: header } = readSafetensors(bytes);
  const codes = tensors.get('codes');
  const [count, dim] = codes?.shape ?? [];
  if (header.get('format') !== format || codes?.dtype !== 'I8' || codes.shape.length !== 2 || !count || !dim)
    throw bad(`expected int8 codes [count, dim] in format ${format}`);
  const raw = new Int8Array(codes.bytes.buffer, codes.bytes.byteOffset, codes.bytes.byteLength);
  const data = new Float32Array(raw.length);
  for (let row = 0; row < count; row++) {
    const own = raw.subarray(row * dim, (row + 1) * dim);
    let squares = 0;
    for (const code of own) squares += code * code;
    const scale = squares === 0 ? 0 : Math.fround(1 / Math.sqrt(squares));
    data.set(dequantizeRow({ codes: own, scale }), row * dim);
  }
  return createGallery({
    vectors: createVectors(data, dim),
    ids: strings(tensors.get('ids'), 'ids'),
    labels: strings(tensors.get('labels'), 'labels'),
    modelId: header.get('modelId'),
    metadata: tensors.has('metadata') ? jsonList(tensors.get('metadata'), 'metadata') : undefined,
  });
}

function jsonEntry(list: readonly unknown[]): SafetensorsEntry {
  const bytes = new TextEncoder().encode(JSON.stringify(list));
  return { dtype: 'U8', shape: [bytes.length], bytes };
}

function strings(entry: SafetensorsEntry | undefined, name: string): string[] {
  const list = jsonList(entry, name);
  if (!list.every((value) => typeof value === 'string')) throw bad(`${name} holds something that is not a string`);
  return list;
}

function jsonList(entry: SafetensorsEntry | undefined, name: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(entry?.bytes));
  } catch (cause) {
    throw bad(`${name} is not JSON`, cause);
  }
  if (!Array.isArray(value)) throw bad(`${name} is not a list`);
  return value;
}

function bad(reason: string, cause?: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid int8 gallery file: ${reason}.`, { cause });
}
