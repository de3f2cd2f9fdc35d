import { crc32 } from './crc-32.js';
import type { ZipEntry } from './zip-entries.js';

/** An entry that is stored as it is, so that readers can map it. */
export function storedEntry(name: string, content: Uint8Array): ZipEntry {
  return { name, stored: content, method: 0, crc32: crc32(content), size: content.length };
}

const utf8Names = 0x0800;
/** 1980-01-01: the same input gives the same bytes. */
const date = 0x0021;

/**
 * Puts a zip archive of associated files behind a model; offsets count from the start of the model, as TFLite's own
 * tools write them.
 *
 * @returns the model itself when there are no entries
 */
export function appendZip(model: Uint8Array, entries: readonly ZipEntry[]): Uint8Array {
  if (entries.length === 0) return model;
  const named = entries.map((entry) => ({ ...entry, nameBytes: new TextEncoder().encode(entry.name) }));
  const size = named.reduce((sum, { nameBytes, stored }) => sum + 30 + 46 + 2 * nameBytes.length + stored.length, 22);
  const out = new Uint8Array(model.length + size);
  const view = new DataView(out.buffer);
  out.set(model);
  let at = model.length;
  const write = (numbers: readonly (readonly [value: number, bytes: 2 | 4])[]) => {
    for (const [value, bytes] of numbers) {
      if (bytes === 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
      at += bytes;
    }
  };
  const writeBytes = (bytes: Uint8Array) => {
    out.set(bytes, at);
    at += bytes.length;
  };
  const common = ({ method, crc32, stored, size, nameBytes }: (typeof named)[number]) =>
    [
      [20, 2],
      [utf8Names, 2],
      [method, 2],
      [0, 2],
      [date, 2],
      [crc32, 4],
      [stored.length, 4],
      [size, 4],
      [nameBytes.length, 2],
      [0, 2],
    ] as const;
  const starts = named.map((entry) => {
    const start = at;
    write([[0x04034b50, 4], ...common(entry)]);
    writeBytes(entry.nameBytes);
    writeBytes(entry.stored);
    return start;
  });
  const central = at;
  named.forEach((entry, i) => {
    // The comment's length, disk, and attributes stand between the common part and the offset.
    write([[0x02014b50, 4], [20, 2], ...common(entry), [0, 2], [0, 2], [0, 2], [0, 4], [starts[i]!, 4]]);
    writeBytes(entry.nameBytes);
  });
  write([
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [named.length, 2],
    [named.length, 2],
    [at - central, 4],
    [central, 4],
    [0, 2],
  ]);
  return out;
}
