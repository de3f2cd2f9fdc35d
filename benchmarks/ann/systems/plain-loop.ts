import { vectorAt } from '@nearkin/core';
import type { Built, System } from './system.js';

/** What one writes without a library: a loop over all rows, with a sorted list of the best. */
export const plainLoop: System = {
  name: 'plain JavaScript loop',
  package: `Node ${process.version}`,
  async build({ rows, metric }) {
    const { data, dim, count } = rows;
    const distance = metric === 'squaredL2';
    return {
      buildCpuSeconds: 0,
      memoryBytes: data.byteLength,
      fileBytes: null,
      settings: [{ name: 'exact' }],
      queriesAtMost: count > 500_000 ? 8 : 40,
      prepare: (queries) => Array.from({ length: queries.count }, (_, q) => vectorAt(queries, q)),
      use() {},
      search(query, k) {
        const q = query as Float32Array;
        const best: { row: number; score: number }[] = [];
        for (let row = 0; row < count; row++) {
          let score = 0;
          const start = row * dim;
          if (distance) for (let j = 0; j < dim; j++) score -= (q[j]! - data[start + j]!) ** 2;
          else for (let j = 0; j < dim; j++) score += q[j]! * data[start + j]!;
          if (best.length === k && score <= best[k - 1]!.score) continue;
          let at = best.length;
          while (at > 0 && best[at - 1]!.score < score) at--;
          best.splice(at, 0, { row, score });
          if (best.length > k) best.pop();
        }
        return best;
      },
      rowsOf: (answer) => (answer as { row: number }[]).map(({ row }) => row),
      dispose() {},
    } satisfies Built;
  },
};
