import { intervalBar } from '../charts/interval-bar.js';
import { type Html, html } from '../html.js';
import { formatShare, formatShareRange } from '../number-format.js';
import { foldAfter, type Section } from './section.js';

/** A line of the metric table: a share of 1, higher is better. */
export interface ReportMetric {
  readonly name: string;
  readonly value: number | null;
  /** Ends of the 95 % interval. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** What was counted or averaged: `165 of 280`. */
  readonly note?: string | undefined;
}

const shownAtOnce = 10;

export function metricsSection(metrics: readonly ReportMetric[]): Section {
  return {
    id: 'metrics',
    title: 'Metrics',
    lead: 'The line across each bar is the 95 % interval: where the true value may well lie, given how many cases were counted.',
    body: foldAfter(metrics, shownAtOnce, { show: metricTable, noun: 'metrics' }),
  };
}

function metricTable(metrics: readonly ReportMetric[]): Html {
  const rows = metrics.map(
    (metric) => html`<tr><th scope="row">${metric.name}</th>
<td class="number">${formatShare(metric.value)}</td>
<td class="wide">${intervalBar(metric)}</td>
<td>${metric.low !== undefined && metric.high !== undefined && formatShareRange(metric.low, metric.high)}</td>
<td class="note">${metric.note}</td></tr>`,
  );
  return html`<div class="scroll" role="group" aria-label="Table of metrics"><table class="bars"><thead><tr><th scope="col">Metric</th><th scope="col" class="number">Value</th><td class="wide"></td><th scope="col">95 % interval</th><th scope="col">Of</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
