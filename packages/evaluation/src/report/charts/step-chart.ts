import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { type Html, html } from '../html.js';

/** Values over the steps of a run. */
export interface StepSeries {
  readonly name: string;
  /** By ascending step. */
  readonly points: readonly { readonly step: number; readonly value: number }[];
}

const size = { width: 360, height: 190 };
const inner = { left: 44, right: 346, top: 12, bottom: 154 };
/** As many points as the drawing can tell apart. */
const mostPoints = 300;

/**
 * Values over steps as lines, from the smallest to the largest value. Of more than 300 points, means of neighbours are
 * drawn.
 */
export function stepChart(options: {
  readonly series: readonly StepSeries[];
  readonly description: string;
  readonly format: (value: number) => string;
}): Html {
  const { description, format } = options;
  const series = options.series.map((entry) => ({ ...entry, points: thin(entry.points) }));
  const all = series.flatMap((entry) => entry.points);
  const steps = all.map(({ step }) => step);
  const values = all.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = scaleLinear()
    .domain(widened(Math.min(...steps), Math.max(...steps)))
    .range([inner.left, inner.right]);
  const y = scaleLinear().domain(widened(low, high)).nice(5).range([inner.bottom, inner.top]);
  return html`<svg class="chart" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${description}">
<g class="grid">${y.ticks(5).map((t) => html`<path d="M${inner.left} ${y(t).toFixed(1)}H${inner.right}"/>`)}</g>
<g class="axis end">${y.ticks(5).map((t) => html`<text x="${inner.left - 6}" y="${(y(t) + 4).toFixed(1)}">${format(t)}</text>`)}</g>
<g class="axis middle">${x
    .ticks(6)
    .filter(Number.isInteger)
    .map((t) => html`<text x="${x(t).toFixed(1)}" y="${inner.bottom + 16}">${t}</text>`)}
<text x="${(inner.left + inner.right) / 2}" y="${size.height - 4}">step</text></g>
${series.map(
  (entry, i) =>
    html`<g class="series series-${i % 2}"><path class="line" d="${line<StepSeries['points'][number]>(
      (p) => x(p.step),
      (p) => y(p.value),
    ).digits(1)(
      entry.points,
    )}"/>${entry.points.length <= 24 && entry.points.map((p) => html`<circle cx="${x(p.step).toFixed(1)}" cy="${y(p.value).toFixed(1)}" r="2.5"/>`)}</g>`,
)}
</svg>`;
}

function thin(points: StepSeries['points']): StepSeries['points'] {
  if (points.length <= mostPoints) return points;
  return Array.from({ length: mostPoints }, (_, i) => {
    const from = Math.floor((i * points.length) / mostPoints);
    const group = points.slice(from, Math.floor(((i + 1) * points.length) / mostPoints));
    const mean = (pick: (point: StepSeries['points'][number]) => number) =>
      group.reduce((sum, point) => sum + pick(point), 0) / group.length;
    return { step: mean(({ step }) => step), value: mean(({ value }) => value) };
  });
}

/** A scale needs two ends. */
function widened(low: number, high: number): [number, number] {
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}
