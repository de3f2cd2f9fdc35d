import { NearkinError } from './nearkin-error.js';

const itemBytes = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type SafetensorsDtype = keyof typeof itemBytes;

/** One tensor: raw little-endian bytes, row-major. */
export interface SafetensorsEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The format's own bound on the header. */
const maxHeaderBytes = 100_000_000;
/** Data starts at a multiple of this, so that typed arrays can view it in place. */
const alignment = 64;

/**
 * Writes tensors in the safetensors format: 8-byte header length, JSON header padded with spaces, data.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when a tensor's bytes do not fit its shape
 * @source https://github.com/huggingface/safetensors, "Format"
 */
export function writeSafetensors(file: {
  tensors: ReadonlyMap<string, SafetensorsEntry>;
  metadata?: ReadonlyMap<string, string>;
}): Uint8Array {
  const header: [string, unknown][] = [];
  if (file.metadata?.size) header.push(['__metadata__', Object.fromEntries(file.metadata)]);
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of file.tensors) {
    const expected = shape.reduce((a, b) => a * b, 1) * itemBytes[dtype];
    if (name === '__metadata__' || expected !== bytes.length)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Tensor ${name}: expected ${expected} bytes for ${dtype} ${shape.join(' x ')}, got ${bytes.length}.`,
        {
          details: { name, expected, received: bytes.length },
        },
      );
    header.push([name, { dtype, shape, data_offsets: [offset, offset + bytes.length] }]);
    offset += bytes.length;
  }
  const json = new TextEncoder().encode(
    `{${header.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`,
  );
  const headerBytes = Math.ceil((8 + json.length) / alignment) * alignment - 8;
  const out = new Uint8Array(8 + headerBytes + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerBytes), true);
  out.fill(0x20, 8, 8 + headerBytes);
  out.set(json, 8);
  let at = 8 + headerBytes;
  for (const { bytes } of file.tensors.values()) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

/**
 * Reads a safetensors file with distrust: every offset, shape and length is checked before use. Tensors are views
 * into `bytes`, not copies.
 *
 * @throws {NearkinError} `BAD_FORMAT` saying what is wrong
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < 8) throw bad(`expected at least 8 bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(maxHeaderBytes, bytes.length - 8)))
    throw bad(
      `the header claims ${length} bytes, the file has ${bytes.length}; is it cut off or not a safetensors file?`,
    );
  const data = bytes.subarray(8 + Number(length));
  const header = parseHeader(bytes.subarray(8, 8 + Number(length)));
  const metadata = new Map<string, string>();
  const tensors = new Map<string, SafetensorsEntry>();
  const spans: [number, number, string][] = [];
  for (const [name, value] of Object.entries(header)) {
    if (!isRecord(value)) throw bad(`the entry ${JSON.stringify(name)} is not an object`);
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== 'string') throw bad(`the metadata value ${JSON.stringify(key)} is not a string`);
        metadata.set(key, text);
      }
      continue;
    }
    const entry = readEntry(name, value, data);
    tensors.set(name, entry.tensor);
    spans.push([entry.start, entry.end, name]);
  }
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let at = 0;
  for (const [start, end, name] of spans) {
    if (start !== at)
      throw bad(`tensor ${JSON.stringify(name)} starts at ${start}, expected ${at}: sections must follow one another`);
    at = end;
  }
  if (at !== data.length) throw bad(`expected ${at} bytes of data, got ${data.length}; is the file cut off?`);
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw bad('the header is not JSON', cause);
  }
  if (!isRecord(header)) throw bad('the header is not an object');
  return header;
}

function readEntry(name: string, value: Record<string, unknown>, data: Uint8Array) {
  const { dtype, shape, data_offsets: offsets } = value;
  const quoted = JSON.stringify(name);
  if (typeof dtype !== 'string' || !Object.hasOwn(itemBytes, dtype))
    throw bad(`tensor ${quoted} has the unknown type ${JSON.stringify(dtype)}`);
  if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0))
    throw bad(`tensor ${quoted} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((n) => Number.isSafeInteger(n) && n >= 0))
    throw bad(`tensor ${quoted} has no valid offsets`);
  const [start, end] = offsets as [number, number];
  const expected = (shape as number[]).reduce((a, b) => a * b, 1) * itemBytes[dtype as SafetensorsDtype];
  if (end - start !== expected)
    throw bad(`tensor ${quoted}: expected ${expected} bytes for its shape, its offsets span ${end - start}`);
  if (end > data.length) throw bad(`tensor ${quoted} ends at ${end}, the data at ${data.length}; is the file cut off?`);
  const tensor: SafetensorsEntry = {
    dtype: dtype as SafetensorsDtype,
    shape: Object.freeze([...(shape as number[])]),
    bytes: data.subarray(start, end),
  };
  return { tensor, start, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(reason: string, cause?: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid safetensors file: ${reason}.`, { cause });
}
