import { type FilterTable, filterTable, type ResampleFilter } from '../filters/filter-table.js';
import { boxShrink } from './box-shrink.js';

/** Three interleaved samples a pixel. */
export interface Samples {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

export interface ResampleTarget {
  /** Size the whole picture is scaled to. */
  readonly scaledWidth: number;
  readonly scaledHeight: number;
  /** The part of it that is wanted. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly filter: ResampleFilter;
}

/**
 * Scales a picture with a separable filter and gives a part of the result. Where it shrinks fourfold or more, blocks of
 * pixels are averaged first and the filter does the last factor of two to four, so that the work stays near one pass
 * over the input whatever its size and shape.
 *
 * @returns `width * height * 3` samples from 0 to 255, not rounded
 */
export function resample(source: Samples, target: ResampleTarget): Float32Array {
  const { scaledWidth, scaledHeight, left, top, width, height, filter } = target;
  const x = Math.max(1, Math.floor(source.width / scaledWidth / 2));
  const y = Math.max(1, Math.floor(source.height / scaledHeight / 2));
  const shrunk = x > 1 || y > 1 ? boxShrink(source, { x, y }) : source;
  const columns = filterTable(
    filter,
    { size: source.width / x, count: shrunk.width },
    { size: scaledWidth, start: left, count: width },
  );
  const rows = filterTable(
    filter,
    { size: source.height / y, count: shrunk.height },
    { size: scaledHeight, start: top, count: height },
  );
  const first = rows.starts[0]!;
  const last = rows.starts[height - 1]! + rows.lengths[height - 1]!;
  const narrow = new Float32Array((last - first) * width * 3);
  for (let row = first; row < last; row++)
    mixColumns(shrunk.data, row * shrunk.width * 3, columns, { out: narrow, offset: (row - first) * width * 3 });
  const out = new Float32Array(width * height * 3);
  for (let row = 0; row < height; row++)
    mixRows(narrow, rows, { row, first }, out.subarray(row * width * 3, (row + 1) * width * 3));
  return out;
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

/** Weighted sum of whole rows; the negative lobes of a filter can lead out of 0 to 255, hence the clamp. */
function mixRows(
  rows: Float32Array,
  table: FilterTable,
  { row, first: above }: { row: number; first: number },
  out: Float32Array,
): void {
  const step = out.length;
  const first = table.offsets[row]!;
  const last = first + table.lengths[row]!;
  const start = (table.starts[row]! - above) * step;
  for (let i = 0; i < step; i++) {
    let sum = 0;
    for (let k = first, p = start + i; k < last; k++, p += step) sum += table.weights[k]! * rows[p]!;
    out[i] = Math.min(255, Math.max(0, sum));
  }
}
