import { crc32c, type Rng } from '@nearkin/core';
import { chunkBytes, chunkTable, hex, sealHeader } from '../src/file/container-format.js';

/** Damages a copy of an index file somewhere, in one of the ways in which files get damaged or forged. */
export function damageFile(bytes: Uint8Array, rng: Rng): Uint8Array {
  const size = bytes.length;
  const headerEnd = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const at = rng.integer(3) === 0 ? rng.integer(headerEnd) : rng.integer(size);
  const length = Math.min(1 + rng.integer(rng.integer(4) === 0 ? 5000 : 16), size - at);
  const out = bytes.slice();
  const extremes = [0, 1, 0x7f, 0xff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fc00000, 0x7f800000, 0xff800000];
  switch (rng.integer(9)) {
    case 0:
      out[at]! ^= 1 << rng.integer(8);
      return out;
    case 1:
      out[at] = rng.integer(256);
      return out;
    case 2:
      for (let i = at; i < at + length; i++) out[i] = rng.integer(256);
      return out;
    case 3:
      return out.fill(rng.integer(2) * 255, at, at + length);
    case 4:
      return out.subarray(0, at);
    case 5:
      return join(out.subarray(0, at), out.subarray(at + length));
    case 6:
      return join(out.subarray(0, at), out.slice(0, length), out.subarray(at));
    case 7: {
      const word = Math.min(at - (at % 4), size - 4);
      new DataView(out.buffer).setUint32(word, extremes[rng.integer(extremes.length)]!, true);
      return out;
    }
    default:
      return editNumber(out, headerEnd, rng);
  }
}

/** Another number in the header, in as many digits. */
function editNumber(bytes: Uint8Array, headerEnd: number, rng: Rng): Uint8Array {
  const text = new TextDecoder().decode(bytes.subarray(8, headerEnd));
  const numbers = [...text.matchAll(/\d+/g)];
  const number = numbers[rng.integer(numbers.length)]!;
  const digits = Array.from(number[0], () => rng.integer(10)).join('');
  bytes.set(new TextEncoder().encode(rng.integer(4) === 0 ? '9'.repeat(digits.length) : digits), 8 + number.index);
  return bytes;
}

/** Makes all checksums right again, as somebody would who forges a file; undefined where the header cannot be read. */
export function fixChecksums(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerEnd = 8 + Number(view.getBigUint64(0, true));
  if (!(headerEnd <= bytes.length)) return undefined;
  let header: Record<string, { data_offsets: [number, number] }>;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, headerEnd)));
  } catch {
    return undefined;
  }
  const { __metadata__: metadata, ...sections } = header as unknown as { __metadata__: Record<string, string> };
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  if ('fileBytes' in metadata) metadata['fileBytes'] = String(bytes.length).padStart(16, '0');
  const part = ([start, end]: [number, number]) => bytes.subarray(headerEnd + start, headerEnd + end);
  const spans = Object.entries(sections as unknown as typeof header).filter(([, value]) =>
    Array.isArray(value?.data_offsets),
  );
  const table = spans.find(([name]) => name === chunkTable)?.[1];
  const sums: number[] = [];
  for (const [name, { data_offsets: span }] of spans.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0])) {
    if (`crc32c.${name}` in metadata || name === chunkTable || name.startsWith('padding.')) continue;
    const section = part(span);
    for (let i = 0; i < section.length; i += chunkBytes) sums.push(crc32c(section.subarray(i, i + chunkBytes)));
  }
  if (table) {
    const target = part(table.data_offsets);
    const out = new DataView(target.buffer, target.byteOffset, target.byteLength);
    for (let i = 0; i < sums.length && 4 * i + 4 <= target.length; i++) out.setUint32(4 * i, sums[i]!, true);
  }
  for (const [name, { data_offsets: span }] of spans)
    if (`crc32c.${name}` in metadata) metadata[`crc32c.${name}`] = hex(crc32c(part(span)));
  const json = new TextEncoder().encode(JSON.stringify({ ...header, __metadata__: metadata }));
  if (json.length > headerEnd - 8) return undefined;
  bytes.fill(0x20, 8, headerEnd);
  bytes.set(json, 8);
  sealHeader(bytes.subarray(0, headerEnd));
  return bytes;
}

function join(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
