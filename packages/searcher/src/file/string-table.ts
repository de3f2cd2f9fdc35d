import { NearkinError } from '@nearkin/core';

/**
 * Many short texts as two byte strings, from which one text can be read without the others.
 *
 * Texts stand in blocks of 64: first the lengths of the block's texts in UTF-8 bytes (LEB128, one byte to 127), then
 * the texts. `blocks` holds where each block starts in `text`, and the end, as little-endian u64.
 */
export interface StringTable {
  readonly text: Uint8Array;
  readonly blocks: Uint8Array;
}

/** Texts of a block. */
export const perBlock = 64;
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const loneSurrogate = /\p{Surrogate}/u;

/** @throws {NearkinError} `INVALID_ARGUMENT` for a text that UTF-8 cannot hold: half a surrogate pair */
export function writeStringTable(texts: readonly string[], what: string): StringTable {
  const pieces: Uint8Array[] = [];
  const starts = new BigUint64Array(Math.ceil(texts.length / perBlock) + 1);
  let size = 0;
  for (let block = 0; block * perBlock < texts.length; block++) {
    const members = texts.slice(block * perBlock, (block + 1) * perBlock);
    const [lengths, bytes] = encodeBlock(members, what);
    pieces.push(lengths, bytes);
    size += lengths.length + bytes.length;
    starts[block + 1] = BigInt(size);
  }
  const text = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    text.set(piece, at);
    at += piece.length;
  }
  return { text, blocks: new Uint8Array(starts.buffer) };
}

function encodeBlock(members: readonly string[], what: string): [lengths: Uint8Array, text: Uint8Array] {
  const joined = members.join('');
  const bytes = textEncoder.encode(joined);
  const lengths: number[] = [];
  // Characters are bytes where all is ASCII; one encoder call for 64 texts is several times faster than 64.
  const ascii = bytes.length === joined.length;
  for (const member of members) {
    if (!ascii && loneSurrogate.test(member))
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected ${what} as well-formed text, got ${JSON.stringify(member)} with half a surrogate pair.`,
        { details: { value: member } },
      );
    pushLength(lengths, ascii ? member.length : textEncoder.encode(member).length);
  }
  return [Uint8Array.from(lengths), bytes];
}

/**
 * Reads every text.
 *
 * @param options.unpack what to do with the texts of each block
 * @throws {NearkinError} `BAD_FORMAT` when the table does not hold exactly `count` texts
 */
export function readStringTable(
  table: StringTable,
  options: { count: number; what: string; unpack?: (block: readonly string[]) => readonly string[] },
): string[] {
  const { count, what, unpack = (block) => block } = options;
  const starts = readStarts(table, { count, what });
  const texts: string[] = [];
  for (let block = 0; block + 1 < starts.length; block++) {
    const members = Math.min(perBlock, count - block * perBlock);
    const bytes = table.text.subarray(starts[block]!, starts[block + 1]!);
    for (const text of unpack(readBlock(bytes, { count: members, what }))) texts.push(text);
  }
  return texts;
}

/** The block that a text is in, its place in it, and how many texts the block has. */
export function blockOf(row: number, count: number): { block: number; place: number; members: number } {
  const block = Math.floor(row / perBlock);
  return { block, place: row % perBlock, members: Math.min(perBlock, count - block * perBlock) };
}

/** Bytes that `blocks` has for so many texts. */
function blocksBytes(count: number): number {
  return (Math.ceil(count / perBlock) + 1) * 8;
}

/** @throws {NearkinError} `BAD_FORMAT` unless the block holds exactly `count` texts */
export function readBlock(bytes: Uint8Array, { count, what }: { count: number; what: string }): string[] {
  const lengths: number[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    let length = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 28) throw bad(what, 'a length is not valid');
      length += (byte & 127) * scale;
      if (byte < 128) break;
    }
    lengths.push(length);
  }
  if (at + lengths.reduce((a, b) => a + b, 0) !== bytes.length) throw bad(what, 'lengths and texts disagree');
  const joined = decode(bytes.subarray(at), what);
  // As in writing: one decoder call for 64 texts.
  const ascii = joined.length === bytes.length - at;
  let start = 0;
  return lengths.map((length) => {
    const text = ascii
      ? joined.slice(start, start + length)
      : decode(bytes.subarray(at + start, at + start + length), what);
    start += length;
    return text;
  });
}

function readStarts({ text, blocks }: StringTable, { count, what }: { count: number; what: string }): number[] {
  if (blocks.length !== blocksBytes(count)) throw bad(what, `expected ${count} texts`);
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  const starts: number[] = [];
  let previous = 0;
  for (let at = 0; at < blocks.length; at += 8) {
    const start = Number(view.getBigUint64(at, true));
    if (start < previous || (at === 0 && start !== 0)) throw bad(what, 'blocks do not follow one another');
    starts.push(start);
    previous = start;
  }
  if (previous !== text.length) throw bad(what, `expected ${previous} bytes of text, got ${text.length}`);
  return starts;
}

function pushLength(out: number[], length: number): void {
  let rest = length;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
  out.push(rest);
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return textDecoder.decode(bytes);
  } catch (cause) {
    throw bad(what, 'a text is not UTF-8', cause);
  }
}

export function bad(what: string, reason: string, cause?: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `The ${what} of the file are damaged: ${reason}.`, { cause });
}
