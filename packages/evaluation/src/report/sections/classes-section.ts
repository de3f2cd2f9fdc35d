import { intervalBar } from '../charts/interval-bar.js';
import { type Html, html } from '../html.js';
import { formatCount, formatShare, formatShareRange } from '../number-format.js';
import { foldAfter, name, type Section } from './section.js';

/** How one class fared. */
export interface ReportClass {
  readonly label: string;
  readonly value: number | null;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** What was counted: `3 of 8`. */
  readonly note: string;
  /** Share of the answers naming the class that were right; left out where no class is answered. */
  readonly precision?: number | null | undefined;
}

const shownAtOnce = 12;

/** Classes, the weakest first; of equal ones in their order. */
export function classesSection(classes: readonly ReportClass[], options: { metric: string; limit: number }): Section {
  const { metric, limit } = options;
  const weakestFirst = [...classes].sort((a, b) => (a.value ?? 0) - (b.value ?? 0)).slice(0, limit);
  const left = classes.length - weakestFirst.length;
  const hasPrecision = classes.some((entry) => entry.precision !== undefined);
  const hasIntervals = classes.some((entry) => entry.low !== undefined);
  const show = (part: readonly ReportClass[]) => classTable(part, { metric, hasPrecision, hasIntervals });
  return {
    id: 'classes',
    title: 'Classes',
    lead: `Each class by ${metric}, the weakest first.${hasPrecision ? ' Precision: of the answers that named the class, how many were right.' : ''}`,
    body: html`${foldAfter(weakestFirst, shownAtOnce, { show, noun: 'classes' })}${left > 0 && html`<p class="note">${formatCount(left, 'better class', 'better classes')} not shown.</p>`}`,
  };
}

function classTable(
  classes: readonly ReportClass[],
  options: { metric: string; hasPrecision: boolean; hasIntervals: boolean },
): Html {
  const { metric, hasPrecision, hasIntervals } = options;
  const rows = classes.map(
    (entry) => html`<tr><th scope="row">${name(entry.label)}</th>
<td class="number">${formatShare(entry.value)}</td>
<td class="wide">${intervalBar(entry)}</td>
<td>${entry.note}</td>
${hasIntervals && html`<td>${entry.low !== undefined && entry.high !== undefined && formatShareRange(entry.low, entry.high)}</td>`}
${hasPrecision && html`<td class="number" data-name="precision">${formatShare(entry.precision ?? null)}</td>`}</tr>`,
  );
  return html`<div class="scroll" role="group" aria-label="Table of classes"><table class="bars"><thead><tr><th scope="col">Class</th><th scope="col" class="number">${metric}</th><td class="wide"></td><th scope="col">Counted</th>${hasIntervals && html`<th scope="col">95 % interval</th>`}${hasPrecision && html`<th scope="col" class="number">Precision</th>`}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
