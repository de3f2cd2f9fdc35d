import { compactRows } from '../edits/edit-rows.js';
import type { IndexHeader } from './index-header.js';
import { codewordsOf, type IndexState } from './index-state.js';
import { sectionLayout } from './section-layout.js';
import type { IndexSnapshot } from './snapshot.js';

/** An index as plain bytes. Compacts the index; the bytes are copies. */
export function toSnapshot({ state }: { readonly state: IndexState }): IndexSnapshot {
  compactRows(state);
  const { store, kernels, rows } = state;
  const { memory } = kernels;
  const counts = Array.from({ length: state.header.partitions }, (_, p) => store.count(p));
  const copies = counts.reduce((a, b) => a + b, 0) - rows.size;
  const { copies: _, ...told } = state.header;
  const header: IndexHeader = { ...told, count: rows.size, ...(copies > 0 ? { copies } : {}) };
  const sections = new Map<string, Uint8Array>();
  for (const { name, scope, bytes } of sectionLayout(header)) {
    if (scope === 'shared') {
      sections.set(name, sharedSection(state, name, counts));
      continue;
    }
    const out = new Uint8Array(counts.reduce((sum, count) => sum + bytes(count), 0));
    const column = store.column(name)!;
    let at = 0;
    counts.forEach((count, p) => {
      if (count > 0) out.set(memory.u8(store.offset(p, column), bytes(count)), at);
      at += bytes(count);
    });
    sections.set(name, out);
  }
  const all = rows.rows();
  return {
    header,
    sections,
    ids: all.map((row) => rows.id(row)!),
    labels: all.map((row) => rows.label(row)),
    ...(rows.hasMetadata ? { metadata: all.map((row) => rows.metadata(row) ?? null) } : {}),
  };
}

function sharedSection(state: IndexState, name: string, counts: readonly number[]): Uint8Array {
  const { memory } = state.kernels;
  const { header, stride, blocks, width } = state;
  if (name === 'centroids') return memory.u8(state.centroids, 4 * stride * header.partitions).slice();
  if (name === 'codebook') {
    const words = codewordsOf(header);
    const transposed = memory.f32(state.codebook, blocks * words * width);
    const codebook = new Float32Array(blocks * words * width);
    for (let m = 0; m < blocks; m++)
      for (let j = 0; j < words; j++)
        for (let t = 0; t < width; t++)
          codebook[(m * words + j) * width + t] = transposed[(m * width + t) * words + j]!;
    return new Uint8Array(codebook.buffer);
  }
  const offsets = new Uint32Array(counts.length + 1);
  counts.forEach((count, p) => {
    offsets[p + 1] = offsets[p]! + count;
  });
  return new Uint8Array(offsets.buffer);
}
