import { vectorAt } from '@nearkin/core';
import { keepIndex } from './kept-index.js';
import { loadPeer } from './peers.js';
import type { Built, System } from './system.js';

interface UsearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  search(query: Float32Array, k: number, threads: number): { keys: BigUint64Array };
  save(path: string): void;
  load(path: string): void;
}
interface UsearchModule {
  Index: new (config: {
    dimensions: number;
    metric: string;
    quantization: string;
    connectivity: number;
    expansion_add: number;
    expansion_search: number;
    multi: boolean;
  }) => UsearchIndex;
}

const expansions = [10, 12, 14, 17, 20, 24, 28, 33, 40, 48, 56, 68, 80, 112, 160, 240, 360, 500];

/** usearch with half-precision rows; its search parameter is the index's, so each setting opens the file anew. */
export function usearch({ quantization = 'f16' }: { quantization?: 'f16' | 'f32' | 'i8' } = {}): System | undefined {
  const peer = loadPeer<UsearchModule>('usearch');
  if (!peer) return undefined;
  const { Index } = peer.module;
  return {
    name: `usearch ${quantization}, connectivity 16, expansion 128`,
    package: peer.package,
    async build(data) {
      const { rows, metric } = data;
      const create = (expansion: number) =>
        new Index({
          dimensions: rows.dim,
          metric: metric === 'cosine' ? 'ip' : 'l2sq',
          quantization,
          connectivity: 16,
          expansion_add: 128,
          expansion_search: expansion,
          multi: false,
        });
      const kept = await keepIndex(`usearch-${quantization}`, data, () => {
        const built = create(64);
        const keys = BigUint64Array.from({ length: rows.count }, (_, row) => BigInt(row));
        built.add(keys, rows.data, 1);
        return built;
      });
      let current: UsearchIndex;
      return {
        ...kept,
        memoryBytes: kept.fileBytes,
        settings: expansions.map((expansion) => ({ name: `expansion ${expansion}`, expansion })),
        prepare: (queries) => Array.from({ length: queries.count }, (_, q) => vectorAt(queries, q)),
        use(setting) {
          current = create((setting as { expansion: number } & typeof setting).expansion);
          current.load(kept.path);
        },
        search: (query, k) => current.search(query as Float32Array, k, 1),
        rowsOf: (answer) => Array.from((answer as { keys: BigUint64Array }).keys, Number),
        dispose() {},
      } satisfies Built;
    },
  };
}
