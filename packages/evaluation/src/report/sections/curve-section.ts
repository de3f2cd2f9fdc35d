import { type ChartSeries, lineChart } from '../charts/line-chart.js';
import { html } from '../html.js';
import { formatShare } from '../number-format.js';
import { type Section, tableTwin } from './section.js';

/** Shares over ranks: how much is found when more answers are looked at. */
export interface ReportCurve {
  readonly title: string;
  /** What the curve says, in a sentence. */
  readonly lead: string;
  readonly series: readonly ChartSeries[];
}

export function curveSection(curve: ReportCurve): Section {
  const { series, title, lead } = curve;
  const ranks = [...new Set(series.flatMap((entry) => entry.points.map((p) => p.x)))].sort((a, b) => a - b);
  const at = (entry: ChartSeries, rank: number) => entry.points.find((p) => p.x === rank)?.y ?? null;
  const ends = series.map((entry) => {
    const [first, last] = [entry.points[0]!, entry.points.at(-1)!];
    return `${entry.name}: from ${formatShare(first.y)} at ${first.x} to ${formatShare(last.y)} at ${last.x}`;
  });
  const legend =
    series.length > 1 &&
    html`<ul class="legend">${series.map((entry, i) => html`<li class="series-${i % 2}">${entry.name}</li>`)}</ul>`;
  return {
    id: 'curve',
    title,
    lead,
    body: html`<figure>${legend}${lineChart({ series, description: `${title}. ${ends.join('; ')}.`, xTitle: 'k, answers looked at' })}
${tableTwin(
  ['k', ...series.map((entry) => entry.name)],
  ranks.map((rank) => [rank, ...series.map((entry) => formatShare(at(entry, rank)))]),
)}</figure>`,
  };
}
