import { createGallery, createRng, createVectors } from '@nearkin/core';
import { annRecall } from '@nearkin/evaluation';
import { buildIndex } from '@nearkin/searcher';
import { amber, dot, faint, grey, line, path, svg, teal, text } from './chart.mjs';

const [count, dim, cells, k] = [20_000, 32, 128, 10];

/** Clustered rows: what real embeddings are more like than even noise. */
function rows(rng, total, centres) {
  const data = new Float32Array(total * dim);
  for (let row = 0; row < total; row++) {
    const centre = Math.floor(rng.uniform() * centres.length);
    for (let d = 0; d < dim; d++) data[row * dim + d] = centres[centre][d] + 0.7 * rng.normal();
  }
  return createVectors(data, dim);
}

/** Recall of the true 10 nearest against the share of partitions searched, with and without reordering. */
async function partitionCurves() {
  const rng = createRng(1);
  const centres = Array.from({ length: 200 }, () => Array.from({ length: dim }, () => rng.normal()));
  const vectors = rows(rng, count, centres);
  const queries = rows(rng, 200, centres);
  const gallery = createGallery({ vectors, ids: Array.from({ length: count }, (_, i) => String(i)) });
  const exact = await buildIndex(gallery, { kind: 'flat' });
  const index = await buildIndex(gallery, {
    kind: 'partitioned',
    partitions: cells,
    reorder: 'float32',
    seed: 1,
    partitionsToSearch: 8,
    reorderCandidates: 100,
  });
  const query = (q) => queries.data.subarray(q * dim, (q + 1) * dim);
  const found = (from, options) =>
    Array.from({ length: queries.count }, (_, q) =>
      from.search(query(q), { k, ...options }).map(({ id }) => Number(id)),
    );
  const truth = found(exact, {});
  const curve = (reorder) =>
    [1, 2, 4, 8, 16, 32, 64, 128].map((partitionsToSearch) => ({
      partitionsToSearch,
      recall: annRecall({ returned: found(index, { partitionsToSearch, reorder }), exact: truth, k }).recall,
    }));
  return { codesOnly: curve(0), reordered: curve(100) };
}

/** Drawn over the logarithm of the partitions searched. */
export async function partitions() {
  const { codesOnly, reordered } = await partitionCurves();
  const [left, top, width, height] = [70, 40, 520, 240];
  const x = (p) => left + (Math.log2(p) / 7) * width;
  const y = (recall) => top + (1 - recall) * height;
  const drawn = (points, color) =>
    path(
      points.map(({ partitionsToSearch: p, recall }) => [x(p), y(recall)]),
      { color, width: 2.5 },
    ) + points.map(({ partitionsToSearch: p, recall }) => dot(x(p), y(recall), 4, color)).join('');
  const end = (points) => points.at(-1).recall;
  return svg(
    350,
    `Recall of the true ten nearest against partitions searched: with reordering it rises to ${end(reordered).toFixed(2)}, with codes alone it stays at ${end(codesOnly).toFixed(2)}`,
    `${[0, 0.25, 0.5, 0.75, 1].map((r) => line(left, y(r), left + width, y(r), { color: faint, width: 1 }) + text(left - 10, y(r) + 4, r.toFixed(2), { anchor: 'end', color: grey })).join('')}
${[1, 2, 4, 8, 16, 32, 64, 128].map((p) => text(x(p), top + height + 22, String(p), { anchor: 'middle', color: grey })).join('')}
${text(left + width / 2, top + height + 46, `partitions searched, of ${cells}`, { anchor: 'middle', color: grey })}
${text(left, 24, 'annRecall@10', { color: grey })}
${drawn(codesOnly, amber)}
${drawn(reordered, teal)}
${text(x(128), y(end(reordered)) - 12, 'codes, best 100 reordered', { color: teal, anchor: 'end', weight: 600 })}
${text(x(128), y(end(codesOnly)) + 24, 'codes alone', { color: amber, anchor: 'end', weight: 600 })}`,
  );
}
