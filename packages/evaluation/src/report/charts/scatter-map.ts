import { scaleLinear } from 'd3-scale';
import { type Html, html } from '../html.js';

export interface MapPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  /** What a reader is told about the point. */
  readonly title: string;
  readonly isMarked: boolean;
  /** Name of its picture in the page. */
  readonly picture: string | undefined;
}

const size = 360;
const margin = 12;

/** With up to this many classes each has a colour and its name on the map; more could not be told apart. */
export const mostColours = 8;

/** Points on a plane, the same scale both ways; marked ones are crosses, drawn last. */
export function scatterMap(
  points: readonly MapPoint[],
  options: { labels: readonly string[]; description: string },
): Html {
  const { labels, description } = options;
  const { x, y, height } = planeScales(points);
  const isColoured = labels.length <= mostColours;
  const order = new Map(labels.map((label, i) => [label, i]));
  const draw = (point: MapPoint) => {
    const index = order.get(point.label)!;
    const kind = isColoured ? `class-${index}` : 'plain';
    const [px, py] = [x(point.x).toFixed(1), y(point.y).toFixed(1)];
    const picture = point.picture !== undefined && html` data-picture="${point.picture}"`;
    const title = html`<title>${point.title}</title>`;
    return point.isMarked
      ? html`<path class="point marked" data-class="${index}"${picture} data-x="${px}" data-y="${py}" d="M${px} ${py}m-3-3l6 6m0-6l-6 6">${title}</path>`
      : html`<circle class="point ${kind}" data-class="${index}"${picture} data-x="${px}" data-y="${py}" cx="${px}" cy="${py}" r="2.6">${title}</circle>`;
  };
  const inFront = [...points].sort((a, b) => Number(a.isMarked) - Number(b.isMarked));
  return html`<svg class="chart plane" viewBox="0 0 ${size} ${height.toFixed(1)}" role="img" aria-label="${description}"><rect class="frame" x="0.5" y="0.5" width="${size - 1}" height="${(height - 1).toFixed(1)}" rx="6"/>${inFront.map(draw)}${isColoured && classNames(points, { labels, x, y })}<circle class="ring" r="6" visibility="hidden"/></svg>`;
}

type Scale = (value: number) => number;

function planeScales(points: readonly MapPoint[]): { x: Scale; y: Scale; height: number } {
  const ends = (values: readonly number[]) =>
    values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)] as const, [
      Infinity,
      -Infinity,
    ] as const);
  const [left, right] = ends(points.map((p) => p.x));
  const [low, high] = ends(points.map((p) => p.y));
  // A flat map takes a flat page, but neither a strip nor more than the width.
  const across = Math.max(right - left, high - low, 1e-12);
  const down = Math.max(high - low, across / 2);
  const inner = size - 2 * margin;
  const unit = inner / across;
  const height = down * unit + 2 * margin;
  const [middleX, middleY] = [(left + right) / 2, (low + high) / 2];
  return {
    x: scaleLinear()
      .domain([middleX - across / 2, middleX + across / 2])
      .range([margin, size - margin]),
    y: scaleLinear()
      .domain([middleY - down / 2, middleY + down / 2])
      .range([height - margin, margin]),
    height,
  };
}

/** Each class's name at the middle of its points. */
function classNames(points: readonly MapPoint[], options: { labels: readonly string[]; x: Scale; y: Scale }): Html {
  const { labels, x, y } = options;
  const names = labels.map((label) => {
    const own = points.filter((point) => point.label === label);
    const mean = (of: (point: MapPoint) => number) => own.reduce((sum, point) => sum + of(point), 0) / own.length;
    return html`<text x="${x(mean((p) => p.x)).toFixed(1)}" y="${y(mean((p) => p.y)).toFixed(1)}">${shorten(label)}</text>`;
  });
  return html`<g class="names" aria-hidden="true">${names}</g>`;
}

/** A name on the map may not cover the map. */
function shorten(label: string): string {
  const characters = [...label];
  return characters.length > 24 ? `${characters.slice(0, 23).join('')}…` : label;
}
