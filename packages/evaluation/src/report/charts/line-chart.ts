import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import { type Html, html } from '../html.js';

export interface ChartPoint {
  readonly x: number;
  /** 0 to 1. */
  readonly y: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

export interface ChartSeries {
  readonly name: string;
  /** By ascending `x`. */
  readonly points: readonly ChartPoint[];
}

const size = { width: 360, height: 220 };
const inner = { left: 38, right: 346, top: 12, bottom: 184 };

/**
 * Shares over ranks as lines, with the interval as a band where it is given; ranks on a logarithmic scale when they
 * reach beyond 20. The drawing is static SVG: d3's scales and shapes give the numbers, the page needs no library.
 */
export function lineChart(options: { series: readonly ChartSeries[]; description: string; xTitle: string }): Html {
  const { series, description, xTitle } = options;
  const all = series.flatMap((entry) => entry.points);
  const [first, last] = [Math.min(...all.map((p) => p.x)), Math.max(...all.map((p) => p.x))];
  const isLog = last > 20;
  const x = (isLog ? scaleLog() : scaleLinear())
    .domain([first, last === first ? first + 1 : last])
    .range([inner.left, inner.right]);
  const floor = Math.floor(Math.min(...all.map((p) => p.low ?? p.y)) * 10) / 10;
  const y = scaleLinear()
    .domain([floor >= 0.5 ? floor : 0, 1])
    .range([inner.bottom, inner.top]);
  const xTicks = rankTicks(first, last, isLog);
  return html`<svg class="chart" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${description}">
<g class="grid">${y.ticks(5).map((t) => html`<path d="M${inner.left} ${y(t).toFixed(1)}H${inner.right}"/>`)}</g>
<g class="axis end">${y.ticks(5).map((t) => html`<text x="${inner.left - 6}" y="${(y(t) + 4).toFixed(1)}">${Math.round(t * 100)}${t === 1 && '\u00a0%'}</text>`)}</g>
<g class="axis middle">${xTicks.map((t) => html`<text x="${x(t).toFixed(1)}" y="${inner.bottom + 16}">${t}</text>`)}
<text x="${(inner.left + inner.right) / 2}" y="${size.height - 4}">${xTitle}</text></g>
${series.map((entry, i) => drawSeries(entry, i, { x, y }))}
</svg>`;
}

type Scale = (value: number) => number;

function drawSeries(series: ChartSeries, index: number, scales: { x: Scale; y: Scale }): Html {
  const { x, y } = scales;
  const points = [...series.points];
  const path = line<ChartPoint>(
    (p) => x(p.x),
    (p) => y(p.y),
  ).digits(1)(points);
  const isBanded = points.every((p) => p.low !== undefined && p.high !== undefined);
  const band = area<ChartPoint>(
    (p) => x(p.x),
    (p) => y(p.low ?? p.y),
    (p) => y(p.high ?? p.y),
  ).digits(1)(points);
  const dots =
    points.length <= 24 &&
    points.map((p) => html`<circle cx="${x(p.x).toFixed(1)}" cy="${y(p.y).toFixed(1)}" r="2.5"/>`);
  return html`<g class="series series-${index % 2}">${isBanded && html`<path class="band" d="${band}"/>`}<path class="line" d="${path}"/>${dots}</g>`;
}

function rankTicks(first: number, last: number, isLog: boolean): number[] {
  if (isLog) {
    const steps = [1, 2, 5].flatMap((step) => [0, 1, 2, 3, 4, 5].map((power) => step * 10 ** power));
    const inside = steps.sort((a, b) => a - b).filter((step) => step >= first && step <= last);
    return inside.length > 7 ? inside.filter((step) => Number.isInteger(Math.log10(step))) : inside;
  }
  const every = Math.max(1, Math.ceil((last - first) / 10));
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => first + i * every);
}
