import { createGallery, createVectors, type Gallery, NearkinError } from '@nearkin/core';
import { type IndexSnapshot, type SearchIndex, toSnapshot } from '@nearkin/searcher';

/** How the finest rows of an index are kept, from fine to coarse. */
export type RowForm = 'float32' | 'bf16' | 'int8';

/**
 * The rows of an index as a gallery, from the finest form that it keeps.
 *
 * @throws {NearkinError} `UNSUPPORTED` for an index of codes only: its rows are gone
 */
export function galleryOfIndex(index: SearchIndex): { gallery: Gallery; form: RowForm } {
  const snapshot = toSnapshot(index);
  const { header, ids, labels, metadata, sections } = snapshot;
  const { dim, modelId } = header;
  const { form, rowAt } = openRows(snapshot);
  const data = new Float32Array(ids.length * dim);
  // Rows are kept partition by partition; `row.ids` says which row of the gallery each is.
  const order = new Uint32Array(aligned(sections.get('row.ids')!));
  order.forEach((row, place) => {
    rowAt(place, data.subarray(row * dim, (row + 1) * dim));
  });
  return { gallery: createGallery({ vectors: createVectors(data, dim), ids, labels, modelId, metadata }), form };
}

/** Rows of a snapshot, one by one. */
interface Rows {
  readonly form: RowForm;
  rowAt(place: number, out: Float32Array): void;
}

/** @throws {NearkinError} `UNSUPPORTED` for an index of codes only */
export function openRows({ header, sections }: IndexSnapshot): Rows {
  const { dim } = header;
  const float32 = sections.get('rows.f32');
  if (float32) {
    const rows = new Float32Array(aligned(float32));
    const stride = paddedTo(4, dim);
    return { form: 'float32', rowAt: (place, out) => out.set(rows.subarray(place * stride, place * stride + dim)) };
  }
  const bf16 = sections.get('rows.bf16');
  if (bf16) {
    const rows = new Uint16Array(aligned(bf16));
    const stride = paddedTo(8, dim);
    const bits = new Uint32Array(1);
    const value = new Float32Array(bits.buffer);
    return {
      form: 'bf16',
      rowAt(place, out) {
        for (let j = 0; j < dim; j++) {
          // The upper half of a float32.
          bits[0] = rows[place * stride + j]! << 16;
          out[j] = value[0]!;
        }
      },
    };
  }
  const int8 = sections.get('rows.int8');
  if (int8) {
    const rows = new Int8Array(aligned(int8));
    const scales = new Float32Array(aligned(sections.get('rows.scale')!));
    const stride = paddedTo(16, dim);
    return {
      form: 'int8',
      rowAt(place, out) {
        for (let j = 0; j < dim; j++) out[j] = rows[place * stride + j]! * scales[place]!;
      },
    };
  }
  throw new NearkinError(
    'UNSUPPORTED',
    'Expected an index that keeps its rows, got one of codes only (reorder none): build it with --reorder int8 or finer.',
    { details: { codes: header.codes, reorder: header.reorder } },
  );
}

function aligned(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}

function paddedTo(step: number, dim: number): number {
  return Math.ceil(dim / step) * step;
}
