import { createVectors, l2Normalize, type Vectors } from '@nearkin/core';
import type { Kernels } from '../load-kernels.js';
import type { CodeKind } from './code-limits.js';
import { codeSizes, encodeRows, type PaddedRows, summarizeRows } from './encode-rows.js';

const rowBytesAtATime = 4 << 20;
const descriptorBytes = 64;

/** Rows in kernel memory, with codes beside them. */
export interface CodedGallery {
  readonly offset: number;
  readonly bytes: number;
  readonly mean: Float64Array;
  /** The largest squared length of a row's codes. */
  readonly longestCodes: number;
  /** How the rows are coded; undefined: not at all, they have to be scored each. */
  readonly kind: CodeKind | undefined;
  readonly stride: number;
  readonly rows: number;
  /** Codes the rows anew, or drops the codes. The descriptor moves to where `offset` says then. */
  recode(kind: CodeKind | undefined): CodedGallery;
  dispose(): void;
}

/** Lengths between which neither squares nor quotients leave the range of float32. */
export const lengthRange = { least: 1e-9, most: 1e9 } as const;

/** Copies the rows into the kernels' memory, of unit length for `cosine`, and codes them. */
export function createCodedGallery(
  rows: Vectors,
  options: {
    readonly kernels: Kernels;
    readonly metric: 'cosine' | 'dot' | 'squaredL2';
    readonly kind: CodeKind | undefined;
  },
): CodedGallery {
  const { kernels, metric } = options;
  const { memory } = kernels;
  const { dim, count } = rows;
  const stride = Math.ceil(dim / 4) * 4;
  const squared = metric === 'squaredL2';
  const floatBytes = (count + 16) * stride * 4;
  const floats = memory.allocate(floatBytes);
  memory.u8(floats, floatBytes).fill(0);
  copyRows(rows, memory.f32(floats, count * stride), { stride, unit: metric === 'cosine' });
  const padded = (): PaddedRows => ({ data: memory.f32(floats, count * stride), count, dim, stride });
  const { mean, longest } = summarizeRows(padded());
  const codable = longest >= lengthRange.least && longest <= lengthRange.most;
  return code(options.kind);

  function code(wanted: CodeKind | undefined): CodedGallery {
    const kind = codable ? wanted : undefined;
    const sizes = kind ? codeSizes(rows, kind) : { codes: 0, panels: 0, bias: 0 };
    const bytes = descriptorBytes + sizes.codes * 2 + sizes.panels * 8 + sizes.bias * 4;
    const offset = memory.allocate(bytes);
    const panels = offset + descriptorBytes;
    const codes = panels + sizes.panels * 8;
    const bias = codes + sizes.codes * 2;
    const words = [floats, count, stride, codes, panels, bias, Math.ceil(dim / 2), squared ? 1 : 0];
    memory.u32(offset, 8).set(words);
    // Sums of dim / 4 rounded terms in each lane, some steps more, and the roundings of the bound itself.
    new Float64Array(memory.buffer, offset + 32, 1)[0] = (dim / 4 + 16) * 2 ** -22;
    let longestCodes = 0;
    if (kind)
      longestCodes = encodeRows(padded(), {
        kind,
        squared,
        mean,
        longest,
        into: {
          codes: memory.i16(codes, sizes.codes),
          panels: new Float64Array(memory.buffer, panels, sizes.panels),
          bias: memory.f32(bias, sizes.bias),
        },
      });
    return {
      offset,
      bytes,
      mean,
      longestCodes,
      kind,
      stride,
      rows: floats,
      recode(next) {
        memory.free(offset);
        return code(next);
      },
      dispose() {
        memory.free(offset);
        memory.free(floats);
      },
    };
  }
}

/** Rows padded to the stride, a few megabytes at a time where they are scaled on the way. */
export function copyRows(
  vectors: Vectors,
  into: Float32Array,
  options: { readonly stride: number; readonly unit: boolean },
): void {
  const { data, dim, count } = vectors;
  const { stride, unit } = options;
  const step = Math.max(1, Math.floor(rowBytesAtATime / (dim * 4)));
  for (let start = 0; start < count; start += step) {
    const end = Math.min(count, start + step);
    const part = data.subarray(start * dim, end * dim);
    const some = unit ? l2Normalize(createVectors(part, dim)).data : part;
    if (stride === dim) into.set(some, start * stride);
    else
      for (let i = start; i < end; i++) into.set(some.subarray((i - start) * dim, (i - start + 1) * dim), i * stride);
  }
}
