import { createRng } from '@nearkin/core';
import { openSetMetrics } from '@nearkin/evaluation';
import { amber, grey, ink, line, svg, teal, text } from './chart.mjs';

/** Best scores of 2,000 known and 2,000 unknown inputs, drawn from two bells, and a threshold at 10 % false accepts. */
export function openSet() {
  const rng = createRng(3);
  const draw = (mean, spread) =>
    Array.from({ length: 2000 }, () => Math.min(1, Math.max(0, mean + spread * rng.normal())));
  const known = draw(0.72, 0.12);
  const unknown = draw(0.45, 0.11);
  const { auroc, dirAtFar } = openSetMetrics({ known, unknown, correct: known.map(() => true), far: [0.1] });
  const { threshold, dir } = dirAtFar[0];
  const [left, width, ground, tall] = [40, 560, 250, 190];
  const bins = 50;
  const bars = (scores, color, opacity) => {
    const counts = new Array(bins).fill(0);
    for (const score of scores) counts[Math.min(bins - 1, Math.floor(score * bins))]++;
    return counts
      .map((count, i) =>
        count === 0
          ? ''
          : `<rect x="${left + (i * width) / bins}" y="${(ground - (count * tall) / 190).toFixed(1)}" width="${width / bins - 1}" height="${((count * tall) / 190).toFixed(1)}" fill="${color}" opacity="${opacity}"/>`,
      )
      .join('');
  };
  const x = left + threshold * width;
  return svg(
    320,
    'Histograms of best scores: unknown inputs to the left, known ones to the right, overlapping; a threshold between them',
    `${bars(unknown, amber, 0.55)}
${bars(known, teal, 0.55)}
${line(left, ground, left + width, ground, { color: grey })}
${[0, 0.25, 0.5, 0.75, 1].map((v) => text(left + v * width, ground + 20, v.toFixed(2), { anchor: 'middle', color: grey })).join('')}
${text(left + width / 2, ground + 44, 'best score', { anchor: 'middle', color: grey })}
${line(x, 14, x, ground, { color: ink, width: 2, dash: '6 4' })}
${text(x + 8, 30, `threshold ${threshold.toFixed(2)}`, { weight: 600 })}
${text(120, 84, 'strangers', { color: amber, weight: 600 })}
${text(508, 104, 'known', { color: teal, weight: 600 })}
${text(x + 8, 52, `10 % of strangers pass,`, { color: grey })}${text(x + 8, 72, `${(100 * dir).toFixed(0)} % of known ones`, { color: grey })}
${text(508, 126, `AUROC ${auroc.toFixed(3)}`, { color: grey })}`,
  );
}
