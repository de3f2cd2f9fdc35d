import { createGallery, createRng, createVectors } from '@nearkin/core';
import { evaluateRetrieval } from '@nearkin/evaluation';
import { amber, dot, faint, grey, line, path, svg, teal, text } from './chart.mjs';

const [classes, size, dim] = [10, 20, 16];
const ranks = [1, 5, 10, 20, 50];

/** An embedder that sees nothing, rows of noise: what it scores by chance. */
async function luck() {
  const rng = createRng(7);
  const count = classes * size;
  const queries = createGallery({
    vectors: createVectors(Float32Array.from({ length: count * dim }, rng.normal), dim),
    ids: Array.from({ length: count }, (_, i) => String(i)),
    labels: Array.from({ length: count }, (_, i) => String(i % classes)),
  });
  const { mean } = await evaluateRetrieval({ queries, k: ranks });
  return ranks.map((k) => ({ hit: mean[`hitRate@${k}`], map: mean.apAtR }));
}

/** hitRate@k rises towards one with k though nothing is seen; MAP@R stays at the bottom. */
export async function chance() {
  const points = await luck();
  const [left, top, width, height] = [70, 40, 400, 220];
  const x = (i) => left + (i / (ranks.length - 1)) * width;
  const y = (value) => top + (1 - value) * height;
  const drawn = (key, color) =>
    path(
      points.map((point, i) => [x(i), y(point[key])]),
      { color, width: 2.5 },
    ) + points.map((point, i) => dot(x(i), y(point[key]), 4, color)).join('');
  const last = points.at(-1);
  return svg(
    330,
    `Rows of noise in ten classes: hitRate at k rises from ${points[0].hit.toFixed(2)} at 1 to ${last.hit.toFixed(2)} at 50; MAP at R is ${last.map.toFixed(2)}`,
    `${[0, 0.25, 0.5, 0.75, 1].map((r) => line(left, y(r), left + width, y(r), { color: faint, width: 1 }) + text(left - 10, y(r) + 5, r.toFixed(2), { anchor: 'end', color: grey })).join('')}
${ranks.map((k, i) => text(x(i), top + height + 22, String(k), { anchor: 'middle', color: grey })).join('')}
${text(left + width / 2, top + height + 48, 'k; ten classes of 20, rows of noise', { anchor: 'middle', color: grey })}
${drawn('hit', amber)}${drawn('map', teal)}
${text(left + width + 14, y(last.hit) + 5, `hitRate@k ${last.hit.toFixed(2)}`, { color: amber, weight: 600 })}
${text(left + width + 14, y(last.map) + 5, `MAP@R ${last.map.toFixed(2)}`, { color: teal, weight: 600 })}`,
  );
}
