import { vectorAt } from '@nearkin/core';
import { keepIndex } from './kept-index.js';
import { loadPeer } from './peers.js';
import type { Built, System } from './system.js';

interface HnswIndex {
  initIndex(maximum: number, m: number, efConstruction: number, seed: number): void;
  addPoint(point: number[], label: number): void;
  setEf(ef: number): void;
  searchKnn(query: number[], k: number, filter?: (label: number) => boolean): { neighbors: number[] };
  writeIndexSync(path: string): void;
  readIndexSync(path: string): void;
}
interface HnswModule {
  HierarchicalNSW: new (space: 'ip' | 'l2', dim: number) => HnswIndex;
}

const m = 16;
const efs = [10, 12, 14, 17, 20, 24, 28, 33, 40, 48, 56, 68, 80, 112, 160, 240, 360, 500];

/** hnswlib-node with its defaults (M 16), on normalised rows by inner product, or by squared Euclidean distance. */
export function hnswlib({ efConstruction = 200 }: { efConstruction?: number } = {}): System | undefined {
  const peer = loadPeer<HnswModule>('hnswlib-node');
  if (!peer) return undefined;
  const { HierarchicalNSW } = peer.module;
  return {
    name: `hnswlib-node M ${m}, efConstruction ${efConstruction}`,
    package: peer.package,
    async build(data) {
      const { rows, metric } = data;
      const create = () => new HierarchicalNSW(metric === 'cosine' ? 'ip' : 'l2', rows.dim);
      const kept = await keepIndex(`hnswlib-${m}-${efConstruction}`, data, () => {
        const built = create();
        built.initIndex(rows.count, m, efConstruction, 100);
        for (let row = 0; row < rows.count; row++) built.addPoint(Array.from(vectorAt(rows, row)), row);
        return { save: (path) => built.writeIndexSync(path) };
      });
      const index = create();
      index.readIndexSync(kept.path);
      return {
        ...kept,
        memoryBytes: kept.fileBytes,
        settings: efs.map((ef) => ({ name: `ef ${ef}`, ef })),
        prepare: (queries) => Array.from({ length: queries.count }, (_, q) => Array.from(vectorAt(queries, q))),
        use: (setting) => index.setEf((setting as { ef: number } & typeof setting).ef),
        search: (query, k) => index.searchKnn(query as number[], k),
        rowsOf: (answer) => (answer as { neighbors: number[] }).neighbors,
        dispose() {},
      } satisfies Built;
    },
  };
}
