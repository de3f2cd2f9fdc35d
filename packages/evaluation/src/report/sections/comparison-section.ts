import type { MetricComparison, RunComparison } from '../../compare/compare-runs.js';
import { differenceBar } from '../charts/difference-bar.js';
import { type Html, html } from '../html.js';
import { formatCount, formatShare } from '../number-format.js';
import { name, type Section } from './section.js';

/** Whether one run beats the other, and how sure that is. */
export function comparisonSection(comparison: RunComparison): Section {
  const { a, b, metrics, conclusion, onlyInA, onlyInB, level } = comparison;
  const reach = Math.max(0.01, ...metrics.flatMap(({ low, high }) => [Math.abs(low ?? 0), Math.abs(high ?? 0)]));
  return {
    id: 'comparison',
    title: 'Comparison',
    lead: html`${name(a)} against ${name(b)}, query by query. The bar is the 95 % interval of the difference: right of the middle ${name(a)} is ahead. Means and counts of queries are those of ${name(a)} first. An adjusted p below ${level} decides, and is printed bold.`,
    body: html`<p class="verdict">${conclusion}</p>
<div class="scroll" role="group" aria-label="Table of differences"><table class="bars"><thead><tr><th scope="col">Metric</th><th scope="col" class="number">Difference</th><td class="wide"></td><th scope="col">Means</th><th scope="col">Won, lost, even</th><th scope="col" class="number">Adjusted p</th></tr></thead><tbody>${metrics.map((entry) => metricRow(entry, reach))}</tbody></table></div>
${onlyInA + onlyInB > 0 && html`<p class="note">Left out: ${formatCount(onlyInA, 'query', 'queries')} only in ${name(a)}, ${onlyInB} only in ${name(b)}.</p>`}`,
  };
}

function metricRow(entry: MetricComparison, reach: number): Html {
  const { metric, difference, low, high, a, b, wins, losses, draws, adjustedPValue, verdict } = entry;
  const isDrawn = difference !== null && low !== null && high !== null;
  return html`<tr><th scope="row">${metric}</th>
<td class="number">${difference === null ? '–' : points(difference)}</td>
<td class="wide">${isDrawn && differenceBar({ difference, low, high }, reach)}</td>
<td>${formatShare(a)}, ${formatShare(b)}</td>
<td>${wins}, ${losses}, ${draws}</td>
<td class="number" data-name="adjusted p">${verdict === 'undecided' ? chance(adjustedPValue) : html`<b>${chance(adjustedPValue)}</b>`}</td></tr>`;
}

function points(value: number): string {
  return `${value > 0 ? '+' : ''}${(value * 100).toFixed(1).replace('-', '\u2212')}`;
}

function chance(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
