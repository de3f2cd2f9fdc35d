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

/** Types of numbers that are read and written, by their names in the format. */
export type SafetensorsDtype = keyof typeof itemBytes;

/** One tensor: raw little-endian bytes, row-major. */
export interface SafetensorsEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Where one tensor lies: bytes `start` to `end` of the file. */
export interface SafetensorsSpan {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** What a header says, before any tensor is read. Tensors stand in the order in which they lie. */
export interface SafetensorsLayout {
  readonly tensors: ReadonlyMap<string, SafetensorsSpan>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Tensors and texts of a safetensors file. */
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
  const layout = readSafetensorsLayout(bytes.subarray(8, 8 + Number(length)), bytes.length);
  const tensors = new Map<string, SafetensorsEntry>();
  for (const [name, { dtype, shape, start, end }] of layout.tensors)
    tensors.set(name, { dtype, shape, bytes: bytes.subarray(start, end) });
  return { tensors, metadata: layout.metadata };
}

/**
 * Reads a header alone, with the same distrust as {@link readSafetensors}, for files that are read in pieces.
 *
 * @param header the JSON, without the 8 bytes of its length
 * @param fileBytes length of the whole file
 * @throws {NearkinError} `BAD_FORMAT` saying what is wrong
 */
export function readSafetensorsLayout(header: Uint8Array, fileBytes: number): SafetensorsLayout {
  const dataStart = 8 + header.length;
  const metadata = new Map<string, string>();
  const spans: [string, SafetensorsSpan][] = [];
  for (const [name, value] of Object.entries(parseHeader(header))) {
    if (!isRecord(value)) throw bad(`the entry ${JSON.stringify(name)} is not an object`);
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== 'string') throw bad(`the metadata value ${JSON.stringify(key)} is not a string`);
        metadata.set(key, text);
      }
      continue;
    }
    spans.push([name, readSpan(name, value, { dataStart, fileBytes })]);
  }
  spans.sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let at = dataStart;
  for (const [name, { start, end }] of spans) {
    if (start !== at)
      throw bad(
        `tensor ${JSON.stringify(name)} starts at ${start - dataStart}, expected ${at - dataStart}: sections must follow one another`,
      );
    at = end;
  }
  if (at !== fileBytes)
    throw bad(`expected ${at - dataStart} bytes of data, got ${fileBytes - dataStart}; is the file cut off?`);
  return { tensors: new Map(spans), metadata };
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

function readSpan(
  name: string,
  value: Record<string, unknown>,
  { dataStart, fileBytes }: { dataStart: number; fileBytes: number },
): SafetensorsSpan {
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
  if (end > fileBytes - dataStart)
    throw bad(`tensor ${quoted} ends at ${end}, the data at ${fileBytes - dataStart}; is the file cut off?`);
  return {
    dtype: dtype as SafetensorsDtype,
    shape: Object.freeze([...(shape as number[])]),
    start: dataStart + start,
    end: dataStart + end,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(reason: string, cause?: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid safetensors file: ${reason}.`, { cause });
}
