import { createVectors, type Gallery, NearkinError } from '@nearkin/core';
import type { IndexEngine } from '../src/file/load-with-log.js';
import type { IndexSnapshot } from '../src/state/snapshot.js';

/** A flat index of the simplest kind, for tests of files and logs: vectors by id, in the order they came. */
export interface StandIn {
  readonly dim: number;
  readonly rows: Map<string, Float32Array>;
}

const stride = (dim: number) => Math.ceil(dim / 4) * 4;

export const standInEngine: IndexEngine<StandIn> = {
  load({ header: { dim, count }, sections, ids }) {
    const data = new Float32Array(sections.get('rows.f32')!.slice().buffer);
    if (data.length !== count * stride(dim)) throw new NearkinError('BAD_FORMAT', 'Expected as many rows as ids.');
    const rows = ids.map((id, i): [string, Float32Array] => [id, data.slice(i * stride(dim), i * stride(dim) + dim)]);
    return { dim, rows: new Map(rows) };
  },
  apply({ dim, rows }, change) {
    if (change.kind === 'remove') {
      const missing = change.ids.find((id) => !rows.has(id));
      if (missing !== undefined) throw new NearkinError('UNKNOWN_ID', `There is no ${missing}.`);
      for (const id of change.ids) rows.delete(id);
      return;
    }
    const { vectors, ids } = change.gallery;
    if (vectors.dim !== dim) throw new NearkinError('DIMENSION_MISMATCH', `Expected ${dim}-d vectors.`);
    const known = ids.find((id) => rows.has(id));
    if (change.kind === 'add' && known !== undefined) throw new NearkinError('DUPLICATE_ID', `${known} is there.`);
    ids.forEach((id, i) => {
      rows.set(id, vectors.data.slice(i * dim, (i + 1) * dim));
    });
  },
  save: ({ dim, rows }) => standInSnapshot([...rows], dim),
};

export function standInSnapshot(rows: readonly [string, Float32Array][], dim: number): IndexSnapshot {
  const count = rows.length;
  const data = new Float32Array(count * stride(dim));
  rows.forEach(([, vector], i) => {
    data.set(vector, i * stride(dim));
  });
  return {
    header: {
      kind: 'flat',
      metric: 'dot',
      dim,
      count,
      seed: 0,
      partitions: 1,
      codes: 'float32',
      reorder: 'none',
      search: { partitionsToSearch: 1, reorder: 0 },
    },
    sections: new Map([
      ['partition.offsets', new Uint8Array(Uint32Array.of(0, count).buffer)],
      ['row.ids', new Uint8Array(Uint32Array.from({ length: count }, (_, i) => i).buffer)],
      ['rows.f32', new Uint8Array(data.buffer)],
    ]),
    ids: rows.map(([id]) => id),
  };
}

/** Rows whose vectors say their number, so that a mixed-up row shows. */
export function numberedGallery(numbers: readonly number[], dim = 3): Gallery {
  return {
    ids: numbers.map((number) => `row ${number}`),
    labels: numbers.map(() => ''),
    vectors: createVectors(
      Float32Array.from(numbers.flatMap((number) => Array.from({ length: dim }, (_, i) => number * 10 + i))),
      dim,
    ),
  };
}
