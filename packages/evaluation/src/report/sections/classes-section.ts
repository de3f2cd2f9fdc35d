import type { ClassEvaluation } from '../../classifier/confusion.js';
import { intervalBar } from '../charts/interval-bar.js';
import { type Html, html } from '../html.js';
import { formatShare, formatShareRange } from '../number-format.js';
import { foldAfter, name, type Section } from './section.js';

const shownAtOnce = 12;

/** Classes, the weakest first. */
export function classesSection(classes: readonly ClassEvaluation[]): Section {
  const weakestFirst = [...classes].sort((a, b) => (a.value ?? 0) - (b.value ?? 0) || b.total - a.total);
  return {
    id: 'classes',
    title: 'Classes',
    lead: 'How many pictures of each class were recognised, the weakest class first. Precision: of the answers that named the class, how many were right.',
    body: foldAfter(weakestFirst, shownAtOnce, { show: classTable, noun: 'classes' }),
  };
}

function classTable(classes: readonly ClassEvaluation[]): Html {
  const rows = classes.map(
    (entry) => html`<tr><th scope="row">${name(entry.label)}</th>
<td class="number">${formatShare(entry.value)}</td>
<td class="wide">${intervalBar(entry)}</td>
<td>${entry.correct} of ${entry.total}</td>
<td>${formatShareRange(entry.low, entry.high)}</td>
<td class="number">${formatShare(entry.precision)}</td></tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of classes"><table class="bars"><thead><tr><th scope="col">Class</th><th scope="col" class="number">Right</th><td class="wide"></td><th scope="col">Pictures</th><th scope="col">95 % interval</th><th scope="col" class="number">Precision</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
