import { scaleLinear } from 'd3-scale';
import { type Html, html } from '../html.js';

/** Bin i counts scores from `edges[i]` up to `edges[i + 1]`; the last bin holds its upper edge too. */
export interface ScoreBins {
  readonly edges: readonly number[];
  readonly right: readonly number[];
  readonly wrong: readonly number[];
}

/**
 * Counts both kinds of scores in the same bins, at round numbers.
 *
 * @returns null when there are no scores at all
 */
export function binScores(right: readonly number[], wrong: readonly number[]): ScoreBins | null {
  let [least, most] = [Infinity, -Infinity];
  for (const list of [right, wrong])
    for (const score of list) {
      least = Math.min(least, score);
      most = Math.max(most, score);
    }
  if (least > most) return null;
  if (least === most) [least, most] = [least - 0.05, most + 0.05];
  const scale = scaleLinear().domain([least, most]).nice(20);
  const edges = scale.ticks(20);
  const count = (scores: readonly number[]) => {
    const bins = new Array<number>(edges.length - 1).fill(0);
    for (const score of scores) {
      let bin = bins.length - 1;
      while (bin > 0 && score < edges[bin]!) bin--;
      bins[bin]!++;
    }
    return bins;
  };
  return { edges, right: count(right), wrong: count(wrong) };
}

const size = { width: 360, height: 230 };
const inner = { left: 14, right: 346, top: 22, bottom: 196 };

/** Right answers rise, wrong ones hang: both kinds can be told apart without colour. */
export function scoreHistogram(
  bins: ScoreBins,
  options: { threshold?: number | undefined; description: string },
): Html {
  const { threshold, description } = options;
  const { edges } = bins;
  const reach = [edges[0]!, edges.at(-1)!, ...(threshold === undefined ? [] : [threshold])];
  const x = scaleLinear()
    .domain([Math.min(...reach), Math.max(...reach)])
    .range([inner.left, inner.right]);
  const [up, down] = [Math.max(1, ...bins.right), Math.max(1, ...bins.wrong)];
  const unit = (inner.bottom - inner.top) / (up + down);
  const base = inner.top + up * unit;
  const bar = (count: number, i: number, isRight: boolean) => {
    if (count === 0) return null;
    const [from, to, height] = [x(edges[i]!) + 0.5, x(edges[i + 1]!) - 0.5, count * unit];
    return html`<rect x="${from.toFixed(1)}" y="${(isRight ? base - height : base).toFixed(1)}" width="${Math.max(0.5, to - from).toFixed(1)}" height="${height.toFixed(1)}"/>`;
  };
  return html`<svg class="chart" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${description}">
<g class="right">${bins.right.map((count, i) => bar(count, i, true))}</g>
<g class="wrong">${bins.wrong.map((count, i) => bar(count, i, false))}</g>
<path class="base" d="M${inner.left} ${base.toFixed(1)}H${inner.right}"/>
${threshold !== undefined && thresholdLine(x(threshold), threshold)}
<g class="axis middle">${x.ticks(6).map((t) => html`<text x="${x(t).toFixed(1)}" y="${inner.bottom + 16}">${x.tickFormat(6)(t)}</text>`)}
<text x="${(inner.left + inner.right) / 2}" y="${size.height - 2}">score of the first answer</text></g>
</svg>`;
}

function thresholdLine(at: number, threshold: number): Html {
  const side = at > (inner.left + inner.right) / 2 ? 'end' : 'start';
  const shift = side === 'end' ? -4 : 4;
  return html`<g class="threshold ${side}"><path d="M${at.toFixed(1)} ${inner.top - 14}V${inner.bottom}"/><text x="${(at + shift).toFixed(1)}" y="${inner.top - 6}">threshold ${threshold.toFixed(3)}</text></g>`;
}
