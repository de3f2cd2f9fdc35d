import { crc32c, NearkinError } from '@nearkin/core';
import type { RandomAccess } from './random-access.js';

/**
 * A log of changes beside an index file: a header that names the file it belongs to, then one frame a change.
 *
 * Header: `nearkin-log`, zero, u32 version, u32 checksum of the base's header, u64 bytes and u64 generation of the base,
 * u32 CRC-32C of all that. Frame: u32 length of the payload, u32 number (from 1), u32 CRC-32C of these two, u32 CRC-32C
 * of the payload, the payload, four bytes that end it. All little-endian.
 */
const magic = 'nearkin-log\0';
const version = 1;
const logHeaderBytes = 40;
const frameHeaderBytes = 16;
const endMark = Uint8Array.of(0x6b, 0x69, 0x6e, 0x0a);
const longestPayload = 2 ** 32 - 1;

/** Which state of which file a log goes on from. */
export interface LogBase {
  /** Eight hexadecimal digits. */
  readonly checksum: string;
  readonly bytes: number;
  readonly generation: number;
}

export function encodeLogHeader(base: LogBase): Uint8Array {
  const out = new Uint8Array(logHeaderBytes);
  const view = new DataView(out.buffer);
  out.set(new TextEncoder().encode(magic));
  view.setUint32(12, version, true);
  view.setUint32(16, Number.parseInt(base.checksum, 16), true);
  view.setBigUint64(20, BigInt(base.bytes), true);
  view.setBigUint64(28, BigInt(base.generation), true);
  view.setUint32(36, crc32c(out.subarray(0, 36)), true);
  return out;
}

/** @param number 1 for the first change of a log */
export function encodeFrame(payload: Uint8Array, number: number): Uint8Array {
  if (payload.length > longestPayload)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected a change of less than 4 GiB, got ${payload.length} bytes; add the rows in several parts.`,
      { details: { bytes: payload.length } },
    );
  const out = new Uint8Array(frameHeaderBytes + payload.length + endMark.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint32(4, number, true);
  view.setUint32(8, crc32c(out.subarray(0, 8)), true);
  view.setUint32(12, crc32c(payload), true);
  out.set(payload, frameHeaderBytes);
  out.set(endMark, frameHeaderBytes + payload.length);
  return out;
}

/** A change that the log holds whole, and where it starts and ends. */
export interface LogFrame {
  readonly payload: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the changes that belong to a base. A log of another state of the file gives none: it was folded in, or the file
 * was replaced. An unfinished frame at the end, left by a writer that died, is dropped: it was never acknowledged.
 *
 * @throws {NearkinError} `BAD_FORMAT` when an acknowledged change is damaged, `UNSUPPORTED_VERSION`, `IO_ERROR`
 */
export async function* readLog(log: RandomAccess, base: LogBase): AsyncGenerator<LogFrame> {
  if (!(await belongsTo(log, base))) return;
  for (let at = logHeaderBytes, number = 1; log.size - at >= frameHeaderBytes; number++) {
    const header = await log.read({ offset: at, length: frameHeaderBytes });
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    if (crc32c(header.subarray(0, 8)) !== view.getUint32(8, true)) {
      // A system that lost power may have made room for a frame without filling it.
      if (await isZero(log, at)) return;
      throw damaged(log, at);
    }
    const length = view.getUint32(0, true);
    const end = at + frameHeaderBytes + length + endMark.length;
    if (end > log.size) return;
    const body = await log.read({ offset: at + frameHeaderBytes, length: length + endMark.length });
    const payload = body.subarray(0, length);
    const mark = body.subarray(length);
    if (crc32c(payload) !== view.getUint32(12, true) || !endMark.every((byte, i) => mark[i] === byte)) {
      if (end === log.size && mark.every((byte) => byte === 0)) return;
      throw damaged(log, at);
    }
    if (view.getUint32(4, true) !== number) throw damaged(log, at);
    yield { payload, start: at, end };
    at = end;
  }
}

async function belongsTo(log: RandomAccess, base: LogBase): Promise<boolean> {
  // Logs are put in place whole: a shorter one is not ours, or was cut.
  if (log.size < logHeaderBytes) throw bad(log, `expected at least ${logHeaderBytes} bytes, got ${log.size}`);
  const header = await log.read({ offset: 0, length: logHeaderBytes });
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (!new TextEncoder().encode(magic).every((byte, i) => header[i] === byte))
    throw bad(log, 'it does not start like one');
  if (crc32c(header.subarray(0, 36)) !== view.getUint32(36, true))
    throw bad(log, 'its header does not match its checksum');
  const found = view.getUint32(12, true);
  if (found > version)
    throw new NearkinError(
      'UNSUPPORTED_VERSION',
      `Expected a log of version ${version} at ${log.location}, got ${found}; a newer nearkin may read it.`,
      { details: { expected: version, received: found, location: log.location } },
    );
  const expected = encodeLogHeader(base);
  return header.every((byte, i) => byte === expected[i]);
}

async function isZero(log: RandomAccess, from: number): Promise<boolean> {
  const step = 65_536;
  for (let at = from; at < log.size; at += step) {
    const bytes = await log.read({ offset: at, length: Math.min(step, log.size - at) });
    if (bytes.some((byte) => byte !== 0)) return false;
  }
  return true;
}

function damaged(log: RandomAccess, at: number): NearkinError {
  return bad(log, `the change at byte ${at} is damaged; restore the file, or remove the log to lose its changes`);
}

function bad(log: RandomAccess, reason: string): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid log of changes: ${log.location}: ${reason}.`, {
    details: { location: log.location },
  });
}
