import { createRng } from '@nearkin/core';
import { sectionLayout } from '../src/state/section-layout.js';
import type { IndexHeader, IndexSnapshot } from '../src/state/snapshot.js';

/** An index of random rows with the sections that its header calls for, for tests of the file alone. */
export function sampleSnapshot({
  count = 100,
  dim = 8,
  partitions = 1,
  seed = 1,
}: {
  count?: number;
  dim?: number;
  partitions?: number;
  seed?: number;
} = {}): IndexSnapshot {
  const rng = createRng(seed);
  const header: IndexHeader = Object.freeze({
    kind: partitions > 1 ? 'partitioned' : 'flat',
    metric: 'cosine',
    dim,
    count,
    modelId: 'model-a',
    seed,
    partitions,
    codes: partitions > 1 ? 'pq4' : 'float32',
    reorder: partitions > 1 ? 'int8' : 'none',
    ...(partitions > 1 && { dimensionsPerBlock: 2, residual: true }),
    search: { partitionsToSearch: Math.min(4, partitions), reorder: partitions > 1 ? 100 : 0 },
  });
  const starts = Uint32Array.from({ length: partitions + 1 }, (_, p) => Math.floor((count * p) / partitions));
  const sections = new Map<string, Uint8Array>();
  for (const { name, scope, dtype, bytes } of sectionLayout(header)) {
    let size = scope === 'shared' ? bytes(0) : 0;
    if (scope === 'partition') for (let p = 0; p < partitions; p++) size += bytes(starts[p + 1]! - starts[p]!);
    const values =
      name === 'partition.offsets'
        ? new Uint8Array(starts.buffer)
        : name === 'row.ids'
          ? new Uint8Array(rng.shuffle(Uint32Array.from({ length: count }, (_, i) => i)).buffer)
          : dtype === 'F32'
            ? new Uint8Array(Float32Array.from({ length: size / 4 }, () => rng.normal()).buffer)
            : Uint8Array.from({ length: size }, () => rng.integer(256));
    sections.set(name, values);
  }
  return {
    header,
    sections,
    ids: Array.from(
      { length: count },
      (_, i) => `photo ${i}${i % 7 === 0 ? ' – où' : ''}${i % 50 === 3 ? 'x'.repeat(200) : ''}`,
    ),
    labels: Array.from({ length: count }, (_, i) => (i % 5 === 0 ? '' : `label ${i % 11}`)),
    metadata: Array.from({ length: count }, (_, i) =>
      i % 3 === 0 ? [undefined, null][i % 2] : { page: i, tags: ['a', '日本'] },
    ),
  };
}
