import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly note?: string }[];
}

export interface Axis {
  readonly title: string;
  readonly log?: boolean;
  /** Default: from the data. */
  readonly from?: number;
  readonly to?: number;
}

export interface LineChart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

const width = 860;
const height = 480;
const margin = { left: 76, right: 250, top: 48, bottom: 54 };
/** Okabe and Ito's palette, which colour-blind readers can tell apart. */
const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000', '#8c8c8c'];
const dashes = ['', '6 3', '2 3'];

/** Draws series as an SVG document of its own, with a point's note as its tooltip. */
export function lineChart({ title, x, y, series }: LineChart): string {
  const xScale = scaleOf(
    x,
    series.flatMap(({ points }) => points.map((point) => point.x)),
    [margin.left, width - margin.right],
  );
  const yScale = scaleOf(
    y,
    series.flatMap(({ points }) => points.map((point) => point.y)),
    [height - margin.bottom, margin.top],
  );
  const path = line<{ x: number; y: number }>()
    .x((point) => xScale(point.x))
    .y((point) => yScale(point.y));
  const [floor, right] = [height - margin.bottom, width - margin.right];
  const xTicks = ticksOf(x, xScale).map(
    (value) =>
      `<line x1="${px(xScale(value))}" x2="${px(xScale(value))}" y1="${margin.top}" y2="${floor}" stroke="#e4e4e4"/><text x="${px(xScale(value))}" y="${floor + 18}" text-anchor="middle">${tick(value)}</text>`,
  );
  const yTicks = ticksOf(y, yScale).map(
    (value) =>
      `<line x1="${margin.left}" x2="${right}" y1="${px(yScale(value))}" y2="${px(yScale(value))}" stroke="#e4e4e4"/><text x="${margin.left - 8}" y="${px(yScale(value) + 4)}" text-anchor="end">${tick(value)}</text>`,
  );
  const lines = series.map(({ name, points }, i) => {
    const colour = colours[i % colours.length]!;
    const dash = dashes[Math.floor(i / colours.length) % dashes.length];
    const dots = points.map(
      (point) =>
        `<circle cx="${px(xScale(point.x))}" cy="${px(yScale(point.y))}" r="3"><title>${escapeText(`${name}: ${point.note ?? ''} ${tick(point.x)} / ${tick(point.y)}`)}</title></circle>`,
    );
    const legend = `<line x1="${right + 16}" x2="${right + 38}" y1="${margin.top + 8 + i * 22}" y2="${margin.top + 8 + i * 22}" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/><text x="${right + 44}" y="${margin.top + 12 + i * 22}">${escapeText(name)}</text>`;
    return `<path d="${path([...points]) ?? ''}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/><g fill="${colour}">${dots.join('')}</g>${legend}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escapeText(title)}">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${margin.left}" y="26" font-size="15" font-weight="600">${escapeText(title)}</text>
${[...xTicks, ...yTicks].join('\n')}
<text x="${(margin.left + right) / 2}" y="${height - 14}" text-anchor="middle">${escapeText(x.title)}</text>
<text transform="translate(18 ${(margin.top + floor) / 2}) rotate(-90)" text-anchor="middle">${escapeText(y.title)}</text>
${lines.join('\n')}
</svg>
`;
}

function scaleOf(axis: Axis, values: readonly number[], range: [number, number]) {
  const low = axis.from ?? Math.min(...values);
  const high = axis.to ?? Math.max(...values);
  return (axis.log ? scaleLog() : scaleLinear()).domain([low, high]).range(range);
}

/** On a logarithmic axis 1, 2, 5, 10, …; every label must find room. */
function ticksOf(axis: Axis, scale: { ticks(count: number): number[] }): number[] {
  const ticks = scale.ticks(8);
  if (!axis.log) return ticks;
  const round = ticks.filter((value) =>
    [1, 2, 5].includes(Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9))),
  );
  return round.length > 10
    ? round.filter((value) => Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6))
    : round;
}

function tick(value: number): string {
  if (value >= 1e6) return `${+(value / 1e6).toPrecision(3)}M`;
  if (value >= 1000) return `${+(value / 1000).toPrecision(3)}k`;
  return String(+value.toPrecision(3));
}

const px = (value: number) => value.toFixed(1);

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
