import { NearkinError } from '@nearkin/core';

/** A file in the zip archive behind a model. */
export interface ZipEntry {
  readonly name: string;
  /** As stored: a view of the model's bytes. */
  readonly stored: Uint8Array;
  /** 0: stored as it is, 8: deflated. */
  readonly method: number;
  readonly crc32: number;
  /** Unpacked size in bytes, as the archive announces it. */
  readonly size: number;
}

export interface ModelParts {
  /** The model without its archive. */
  readonly model: Uint8Array;
  readonly entries: readonly ZipEntry[];
}

const endSize = 22;
const centralSize = 46;
const localSize = 30;
const maxComment = 65_535;

/**
 * Parts a `.tflite` file from the zip archive of associated files (labels, vocabularies, indexes) that may stand behind
 * it. Nothing is unpacked.
 *
 * @throws {NearkinError} `BAD_FORMAT` for a damaged archive, `UNSUPPORTED` for one in zip64 form
 * @source PKWARE, APPNOTE.TXT - .ZIP File Format Specification, sections 4.3.7, 4.3.12 and 4.3.16
 */
export function splitModel(bytes: Uint8Array): ModelParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  if (end === undefined) return { model: bytes, entries: [] };
  const count = view.getUint16(end + 10, true);
  const centralBytes = view.getUint32(end + 12, true);
  const centralOffset = view.getUint32(end + 16, true);
  if (count === 0xffff || centralOffset === 0xffffffff)
    throw new NearkinError('UNSUPPORTED', 'The associated files are in zip64 form; expected a plain zip archive.');
  // Some writers count from the start of the archive instead of the file.
  const shift = end - centralBytes - centralOffset;
  if (shift < 0) throw damaged('its directory does not end where it says');
  const entries: ZipEntry[] = [];
  const starts: number[] = [];
  let at = centralOffset + shift;
  const modelEnd = () => starts.reduce((least, start) => Math.min(least, start), centralOffset + shift);
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + centralSize > end || view.getUint32(at, true) !== 0x02014b50) throw damaged(`entry ${i} is not there`);
    const [nameBytes, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ];
    const next = at + centralSize + nameBytes + extra + comment;
    if (next > end) throw damaged(`entry ${i} leads out of the directory`);
    const packed = view.getUint32(at + 20, true);
    const local = view.getUint32(at + 42, true) + shift;
    if (local + localSize > end || view.getUint32(local, true) !== 0x04034b50)
      throw damaged(`the file of entry ${i} is not where it should be`);
    const start = local + localSize + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    total += packed;
    if (start + packed > end || total > bytes.length) throw damaged(`the file of entry ${i} leads out of the archive`);
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + centralSize, at + centralSize + nameBytes)),
      stored: bytes.subarray(start, start + packed),
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      size: view.getUint32(at + 24, true),
    });
    starts.push(local);
    at = next;
  }
  return { model: bytes.subarray(0, modelEnd()), entries };
}

/** The end record, if an archive ends the file; a comment may stand behind it. */
function findEnd(view: DataView): number | undefined {
  for (let at = view.byteLength - endSize; at >= Math.max(0, view.byteLength - endSize - maxComment); at--)
    if (view.getUint32(at, true) === 0x06054b50 && at + endSize + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  return undefined;
}

export function damaged(reason: string): NearkinError {
  return new NearkinError('BAD_FORMAT', `The archive of associated files is damaged: ${reason}.`);
}
