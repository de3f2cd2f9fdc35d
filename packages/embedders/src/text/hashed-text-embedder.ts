import { createVectors, type Embedder, NearkinError, throwIfAborted, type Vectors } from '@nearkin/core';
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import { disposedError } from '../image/disposed-error.js';
import { isRemembered } from './known-features.js';
import { type FeatureHashing, hashTextFeatures } from './text-features.js';

/** A matrix as it is stored, row-major: plain numbers, or bytes with `value = byte * scale + min`. */
export interface StoredMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Uint8Array;
  /** Of bytes alone. */
  readonly scale?: number;
  /** Of bytes alone. */
  readonly min?: number;
}

/** Everything a hashed text embedder consists of. */
export interface HashedTextEmbedderParts {
  readonly hashing: FeatureHashing;
  /** One row for each hash: `[hashing.rows, width]`. */
  readonly table: StoredMatrix;
  /** `[width, dim]`: what passes the hidden layer by. */
  readonly direct: StoredMatrix;
  /** `[width, hidden]`. */
  readonly hidden: StoredMatrix;
  /** `[1, hidden]`. */
  readonly hiddenBias: StoredMatrix;
  /** `[hidden, dim]`. */
  readonly output: StoredMatrix;
  /** Features met in training (see `rememberFeatures`); others are then left out. Without it all features count. */
  readonly known?: Uint8Array | undefined;
  /** Identity; a hash of all the above where left out. */
  readonly id?: string | undefined;
}

/** An embedder of texts by hashed words and n-grams. */
export interface HashedTextEmbedder extends Embedder<string> {
  readonly parts: HashedTextEmbedderParts;
  [Symbol.dispose](): void;
}

/**
 * Makes an embedder of short texts, in plain JavaScript: the same bits in Node and in the browser, well under a
 * millisecond a query.
 *
 * With `n` features of a text known, the rows they hash to are summed and divided by `sqrt(n)` to a bag `b`, and the
 * answer is `b · direct + relu(b · hidden + hiddenBias) · output`, scaled to length 1. Sums are in double precision.
 *
 * A text without known features (empty, or nothing of it was met in training) gives a row of zeros: its similarity to
 * everything is 0. Check for it before you show an answer. Of a long text the first `maxTextLength` units are read.
 *
 * @throws {NearkinError} `BAD_MODEL` when the parts do not fit together; from `embed`: `INVALID_ARGUMENT`, `ABORTED`,
 *   `DISPOSED`
 * @example
 * const embedder = createHashedTextEmbedder(parts);
 * (await embedder.embed(['red apple', ''])).count; // 2, the second row all zeros
 */
export function createHashedTextEmbedder(parts: HashedTextEmbedderParts): HashedTextEmbedder {
  checkParts(parts);
  const { hashing, table, known } = parts;
  const direct = toNumbers(parts.direct);
  const hidden = toNumbers(parts.hidden);
  const bias = toNumbers(parts.hiddenBias);
  const output = toNumbers(parts.output);
  const width = table.columns;
  const dim = parts.direct.columns;
  const id = parts.id ?? identity(parts);
  let disposed = false;

  const embedOne = (text: string, out: Float32Array) => {
    const { rows, marks } = hashTextFeatures(text, hashing);
    const kept = known ? rows.filter((_, i) => isRemembered(known, marks[i]!)) : rows;
    if (kept.length === 0) return;
    const bag = sumRows(table, kept);
    const answer = new Float64Array(dim);
    addProduct(bag, direct, answer);
    const middle = Float64Array.from(bias);
    addProduct(bag, hidden, middle);
    addProduct(
      middle.map((value) => Math.max(0, value)),
      output,
      answer,
    );
    let length = 0;
    for (const value of answer) length += value * value;
    if (length === 0) return;
    const scale = 1 / Math.sqrt(length);
    for (let i = 0; i < dim; i++) out[i] = answer[i]! * scale;
  };

  const dispose = () => {
    disposed = true;
  };
  return Object.freeze({
    id,
    dim,
    parts: Object.freeze({ ...parts, id }),
    async embed(batch: readonly string[], { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Vectors> {
      if (disposed) throw disposedError();
      const data = new Float32Array(batch.length * dim);
      for (let i = 0; i < batch.length; i++) {
        throwIfAborted(signal);
        embedOne(batch[i]!, data.subarray(i * dim, (i + 1) * dim));
      }
      return createVectors(data, dim);
    },
    dispose,
    [Symbol.dispose]: dispose,
  });

  function sumRows(matrix: StoredMatrix, rows: Int32Array): Float64Array {
    const { data, scale = 1, min = 0 } = matrix;
    const bag = new Float64Array(width);
    for (const row of rows) for (let i = 0; i < width; i++) bag[i]! += data[row * width + i]!;
    const shrink = 1 / Math.sqrt(rows.length);
    for (let i = 0; i < width; i++) bag[i] = (bag[i]! * scale + rows.length * min) * shrink;
    return bag;
  }
}

/** Adds `row · matrix` to `sums`. */
function addProduct(row: Float64Array, matrix: Float32Array, sums: Float64Array): void {
  const columns = sums.length;
  for (let i = 0; i < row.length; i++) {
    const value = row[i]!;
    if (value === 0) continue;
    for (let j = 0; j < columns; j++) sums[j]! += value * matrix[i * columns + j]!;
  }
}

function toNumbers({ data, scale = 1, min = 0 }: StoredMatrix): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data, (byte) => byte * scale + min);
}

function checkParts(parts: HashedTextEmbedderParts): void {
  const { hashing, table, direct, hidden, hiddenBias, output, known } = parts;
  const bad = (reason: string): never => {
    throw new NearkinError('BAD_MODEL', `The parts of the text embedder do not fit: ${reason}.`);
  };
  if (!Number.isSafeInteger(hashing.rows) || hashing.rows < 1 || !Number.isSafeInteger(hashing.seed))
    bad(`expected hashing into at least one row with an integer seed, got ${JSON.stringify(hashing)}`);
  const width = table.columns;
  const dim = direct.columns;
  const expected: [string, StoredMatrix, number, number][] = [
    ['table', table, hashing.rows, width],
    ['direct', direct, width, dim],
    ['hidden', hidden, width, hidden.columns],
    ['hiddenBias', hiddenBias, 1, hidden.columns],
    ['output', output, hidden.columns, dim],
  ];
  for (const [name, matrix, rows, columns] of expected) {
    const { data, scale = 1, min = 0 } = matrix;
    if (matrix.rows !== rows || matrix.columns !== columns || !(columns >= 1))
      bad(`${name} is ${matrix.rows} x ${matrix.columns}, expected ${rows} x ${columns}`);
    if (data.length !== rows * columns) bad(`${name} has ${data.length} numbers, expected ${rows * columns}`);
    if (!Number.isFinite(scale) || !Number.isFinite(min)) bad(`${name} has the scale ${scale} and minimum ${min}`);
    if (data instanceof Float32Array && !data.every(Number.isFinite)) bad(`${name} holds a number that is not finite`);
  }
  if (known && (known.length < 1 || (known.length & (known.length - 1)) !== 0))
    bad(`the set of known features has ${known.length} bytes, expected a power of two`);
}

/** `hashed-<dim>-<32 hexadecimal digits>` over everything that decides the answers. */
function identity(parts: HashedTextEmbedderParts): string {
  const { hashing, table, direct, hidden, hiddenBias, output, known } = parts;
  const matrices = { table, direct, hidden, hiddenBias, output };
  const facts = {
    scheme: 'words-grams-1',
    rows: hashing.rows,
    seed: hashing.seed,
    shapes: Object.entries(matrices).map(([name, { rows, columns, data, scale = 1, min = 0 }]) => [
      name,
      rows,
      columns,
      data instanceof Float32Array ? 'float32' : ['uint8', scale, min],
    ]),
    known: known?.length ?? 0,
  };
  const hash = sha256.create().update(new TextEncoder().encode(JSON.stringify(facts)));
  for (const { data } of Object.values(matrices))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (known) hash.update(known);
  return `hashed-${direct.columns}-${bytesToHex(hash.digest()).slice(0, 32)}`;
}
