/** For each output sample, where its window starts in the input, how long it is, and its weights one after another. */
export interface FilterTable {
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly offsets: Int32Array;
  readonly weights: Float64Array;
}

/**
 * Weights of a triangle filter that scales `from` samples to `to`: bilinear interpolation when enlarging, and widened by
 * the factor when shrinking, so that every input sample counts (antialiasing). Each window's weights add up to 1.
 *
 * @param from first input sample and count: `[start, size]`
 */
export function triangleFilter(from: readonly [start: number, size: number], to: number): FilterTable {
  const [first, size] = from;
  const scale = size / to;
  const support = Math.max(scale, 1);
  const starts = new Int32Array(to);
  const lengths = new Int32Array(to);
  const offsets = new Int32Array(to);
  const weights: number[] = [];
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const low = Math.max(0, Math.floor(centre - support + 0.5));
    const high = Math.min(size, Math.floor(centre + support + 0.5));
    offsets[i] = weights.length;
    starts[i] = first + low;
    let sum = 0;
    for (let x = low; x < high; x++) {
      const weight = Math.max(0, 1 - Math.abs(x + 0.5 - centre) / support);
      weights.push(weight);
      sum += weight;
    }
    lengths[i] = weights.length - offsets[i]!;
    for (let k = offsets[i]!; k < weights.length; k++) weights[k]! /= sum;
  }
  return { starts, lengths, offsets, weights: Float64Array.from(weights) };
}

/** Three interleaved samples a pixel, `stride` pixels a row. */
export interface Samples {
  readonly data: ArrayLike<number>;
  readonly stride: number;
}

/** Part of a picture, in whole pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Scales the box of a picture to `width x height` with a separable triangle filter.
 *
 * The direction that shrinks more rows goes first, so that the work stays near one pass over the input even for
 * pictures of extreme shape. Sums are kept in double precision within a pass and in single precision between the two.
 *
 * @returns `width * height * 3` samples, not rounded
 */
export function resample(source: Samples, box: Box, size: { width: number; height: number }): Float32Array {
  const { width, height } = size;
  const columns = triangleFilter([box.x, box.width], width);
  const rows = triangleFilter([box.y, box.height], height);
  const out = new Float32Array(width * height * 3);
  if (box.height > height) {
    const line = new Float32Array(source.stride * 3);
    const from = box.x * 3;
    const to = (box.x + box.width) * 3;
    for (let y = 0; y < height; y++) {
      mixRows(source, rows, y, { line, from, to });
      mixColumns(line, 0, columns, { out, offset: y * width * 3 });
    }
    return out;
  }
  const narrow = new Float32Array(box.height * width * 3);
  for (let y = 0; y < box.height; y++)
    mixColumns(source.data, (box.y + y) * source.stride * 3, columns, { out: narrow, offset: y * width * 3 });
  const inner = { ...rows, starts: rows.starts.map((start) => start - box.y) };
  for (let y = 0; y < height; y++) {
    const line = out.subarray(y * width * 3, (y + 1) * width * 3);
    mixRows({ data: narrow, stride: width }, inner, y, { line, from: 0, to: width * 3 });
  }
  return out;
}

/** Weighted sum of whole rows, four at a time: this loop sees every sample of a large photo. */
function mixRows(
  { data, stride }: Samples,
  table: FilterTable,
  y: number,
  target: { line: Float32Array; from: number; to: number },
): void {
  const { line, from, to } = target;
  const step = stride * 3;
  const end = table.offsets[y]! + table.lengths[y]!;
  let at = table.starts[y]! * step;
  line.fill(0, from, to);
  let k = table.offsets[y]!;
  for (; k + 3 < end; k += 4, at += 4 * step) {
    const a = table.weights[k]!;
    const b = table.weights[k + 1]!;
    const c = table.weights[k + 2]!;
    const d = table.weights[k + 3]!;
    for (let i = from, p = at + from; i < to; i++, p++)
      line[i] = line[i]! + a * data[p]! + b * data[p + step]! + c * data[p + 2 * step]! + d * data[p + 3 * step]!;
  }
  for (; k < end; k++, at += step) {
    const weight = table.weights[k]!;
    for (let i = from, p = at + from; i < to; i++, p++) line[i] = line[i]! + weight * data[p]!;
  }
}

function mixColumns(
  data: ArrayLike<number>,
  row: number,
  table: FilterTable,
  target: { out: Float32Array; offset: number },
): void {
  const { starts, lengths, offsets, weights } = table;
  const { out, offset } = target;
  for (let x = 0; x < starts.length; x++) {
    const end = offsets[x]! + lengths[x]!;
    let r = 0;
    let g = 0;
    let b = 0;
    for (let k = offsets[x]!, p = row + starts[x]! * 3; k < end; k++, p += 3) {
      const weight = weights[k]!;
      r += weight * data[p]!;
      g += weight * data[p + 1]!;
      b += weight * data[p + 2]!;
    }
    out[offset + x * 3] = r;
    out[offset + x * 3 + 1] = g;
    out[offset + x * 3 + 2] = b;
  }
}
