import { type JobOptions, l2Normalize, throwIfAborted, type Vectors } from '@nearkin/core';
import { codewordsOf, type IndexState } from '../state/index-state.js';
import { anisotropicWeight } from './anisotropic.js';

const rowsAtATime = 4096;
/** Passes of the anisotropic descent: ScaNN's. */
const rounds = 10;

/** Rows as the metric compares them: of unit length under cosine. */
export function prepareVectors(state: Pick<IndexState, 'header'>, vectors: Vectors): Vectors {
  return state.header.metric === 'cosine' ? l2Normalize(vectors) : vectors;
}

/**
 * Finds the partition of every (prepared) row.
 *
 * @returns u32, one a row
 */
export function assignRows(state: IndexState, vectors: Vectors, job: JobOptions = {}): Uint32Array {
  const { memory } = state.kernels;
  const assigned = new Uint32Array(vectors.count);
  if (state.panels === 0) return assigned;
  const some = Math.min(rowsAtATime, vectors.count);
  const x = memory.allocate(4 * state.stride * (some + 4));
  const out = memory.allocate(4 * some);
  const scores = memory.allocate(4 * some);
  const scratch = memory.allocate(8192);
  try {
    for (let first = 0; first < vectors.count; first += some) {
      throwIfAborted(job.signal);
      const n = Math.min(some, vectors.count - first);
      copyPadded(state, vectors, { first, n, to: x });
      const columns = Math.ceil(state.header.partitions / 8) * 8;
      state.kernels.assign(x, n, state.stride, state.panels, state.panelBias, columns, out, scores, scratch);
      assigned.set(memory.u32(out, n), first);
      job.onProgress?.({ done: first + n, total: vectors.count, phase: 'assign' });
    }
  } finally {
    for (const offset of [x, out, scores, scratch]) memory.free(offset);
  }
  return assigned;
}

/**
 * Encodes (prepared) rows and appends them to their partitions.
 *
 * @param options.rows the number of each row
 * @param options.assigned the partition of each row
 * @param options.copies these are second copies of rows that are there
 * @returns the summed squared error of the codes
 */
export function appendRows(
  state: IndexState,
  vectors: Vectors,
  options: { readonly rows: readonly number[]; readonly assigned: Uint32Array; readonly copies?: boolean } & JobOptions,
): number {
  const { store, blocks, stride, strideI8, strideBf16, kernels } = state;
  const { memory } = kernels;
  const some = Math.min(rowsAtATime, Math.max(1, vectors.count));
  const sizes: Record<string, number> = {
    x: 4 * stride * (some + 4),
    assigned: 4 * some,
    codes: blocks * some,
    bias: 2 * some,
    int8: strideI8 * some,
    scale: 4 * some,
    bf16: 2 * strideBf16 * some,
    norm: 4 * some,
    ids: 4 * some,
    scratch: 8 * blocks * (state.width + codewordsOf(state.header)) + 64,
  };
  const at = Object.fromEntries(Object.entries(sizes).map(([name, bytes]) => [name, memory.allocate(bytes)])) as Record<
    'x' | 'assigned' | 'codes' | 'bias' | 'int8' | 'scale' | 'bf16' | 'norm' | 'ids' | 'scratch',
    number
  >;
  const sources: Record<string, [number, number]> = {
    codes: [at.codes, blocks],
    'codes.bias': [at.bias, 2],
    'rows.int8': [at.int8, strideI8],
    'rows.scale': [at.scale, 4],
    'rows.bf16': [at.bf16, 2 * strideBf16],
    'rows.f32': [at.x, 4 * stride],
    'rows.norm': [at.norm, 4],
    'row.ids': [at.ids, 4],
  };
  const columns = store.columns.map(({ name }) => sources[name]!);
  let error = 0;
  try {
    for (let first = 0; first < vectors.count; first += some) {
      throwIfAborted(options.signal);
      const n = Math.min(some, vectors.count - first);
      copyPadded(state, vectors, { first, n, to: at.x });
      memory.u32(at.assigned, n).set(options.assigned.subarray(first, first + n));
      memory.u32(at.ids, n).set(options.rows.slice(first, first + n));
      error += encodeBlock(state, at, n);
      for (let i = 0; i < n; i++) {
        const partition = options.assigned[first + i]!;
        const slot = store.append(
          partition,
          columns.map(([offset, bytes]) => offset + i * bytes),
        );
        if (options.copies) state.rows.placeCopy(options.rows[first + i]!, partition, slot);
        else state.rows.place(options.rows[first + i]!, partition, slot);
      }
      options.onProgress?.({ done: first + n, total: vectors.count, phase: 'encode' });
    }
  } finally {
    for (const offset of Object.values(at)) memory.free(offset);
  }
  return error;
}

type Offsets = Record<'x' | 'assigned' | 'codes' | 'bias' | 'int8' | 'scale' | 'bf16' | 'norm' | 'scratch', number>;

/** Fills every column that the index has for n rows. */
function encodeBlock(state: IndexState, at: Offsets, n: number): number {
  const { header, kernels, store, stride, strideI8, strideBf16, blocks, width } = state;
  const { memory } = kernels;
  let error = 0;
  if (blocks > 0) {
    const weight = anisotropicWeight({ threshold: header.anisotropicThreshold ?? 0, dim: header.dim });
    const assigned = header.residual ? at.assigned : 0;
    const words = codewordsOf(header);
    error = kernels.encode(
      at.x,
      n,
      stride,
      assigned,
      state.centroids,
      blocks,
      width,
      state.codebook,
      words,
      weight - 1,
      rounds,
      at.codes,
      at.scratch,
    );
  }
  if (store.column('rows.int8')) kernels.quantizeI8(at.x, n, stride, at.int8, strideI8, at.scale);
  if (store.column('rows.bf16'))
    toBf16(state, { x: memory.u32(at.x, n * stride), out: memory.u16(at.bf16, n * strideBf16), n });
  if (store.column('rows.norm')) {
    const norms = memory.f32(at.norm, n);
    for (let i = 0; i < n; i++) norms[i] = keptSquares(state, at, i);
    const bias = store.column('codes.bias') && memory.i16(at.bias, n);
    const { biasUnit = 0, biasBase = 0 } = header;
    for (let i = 0; bias && i < n; i++) {
      const squares = codeSquares(state, at, i);
      bias[i] = biasUnit > 0 ? Math.max(0, Math.min(32767, Math.round((squares / 2 - biasBase) / biasUnit))) : 0;
    }
  }
  return error;
}

/** Squared length of row i as the finest codes keep it: a distance to it is then never negative by rounding its length. */
function keptSquares(state: IndexState, at: Offsets, i: number): number {
  const { memory } = state.kernels;
  if (!state.store.column('rows.int8')) return codeSquares(state, at, i);
  let squares = 0;
  for (const value of memory.i8(at.int8 + i * state.strideI8, state.strideI8)) squares += value * value;
  return squares * memory.f32(at.scale + 4 * i, 1)[0]! ** 2;
}

/** Squared length of what the codes of row i say. */
function codeSquares(state: IndexState, at: Offsets, i: number): number {
  const { blocks, header } = state;
  if (blocks === 0) return 0;
  const { memory } = state.kernels;
  const said = decodeRow(state, {
    codes: memory.u8(at.codes + i * blocks, blocks),
    partition: memory.u32(at.assigned + 4 * i, 1)[0]!,
  });
  let squares = 0;
  for (let j = 0; j < header.dim; j++) squares += said[j]! * said[j]!;
  return squares;
}

/** The row that product codes stand for. */
export function decodeRow(
  state: IndexState,
  { codes, partition }: { codes: Uint8Array; partition: number },
): Float32Array {
  const { blocks, width, header, kernels, stride } = state;
  const words = codewordsOf(header);
  const codebook = kernels.memory.f32(state.codebook, blocks * width * words);
  const row = new Float32Array(header.dim);
  const centroid = header.residual ? kernels.memory.f32(state.centroids + 4 * partition * stride, stride) : undefined;
  for (let j = 0; j < header.dim; j++)
    row[j] = codebook[j * words + codes[Math.floor(j / width)]!]! + (centroid?.[j] ?? 0);
  return row;
}

/** Rounds to the nearest upper half, ties to even. */
function toBf16(state: IndexState, { x, out, n }: { x: Uint32Array; out: Uint16Array; n: number }): void {
  const { stride, strideBf16 } = state;
  out.fill(0);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < stride; j++) {
      const bits = x[i * stride + j]!;
      out[i * strideBf16 + j] = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
    }
}

/** Copies rows into the kernels' memory, each padded to the stride. */
export function copyPadded(
  state: Pick<IndexState, 'kernels' | 'stride'>,
  { data, dim }: Vectors,
  { first, n, to }: { first: number; n: number; to: number },
): void {
  const { stride } = state;
  const into = state.kernels.memory.f32(to, n * stride);
  if (stride === dim) {
    into.set(data.subarray(first * dim, (first + n) * dim));
    return;
  }
  into.fill(0);
  for (let i = 0; i < n; i++) into.set(data.subarray((first + i) * dim, (first + i + 1) * dim), i * stride);
}
