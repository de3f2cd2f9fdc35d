import type { ClassifierEvaluation } from '../../classifier/evaluate-classifier.js';
import { type Html, html } from '../html.js';
import { formatCount } from '../number-format.js';
import { name, type Section } from './section.js';

const listedAtMost = 60;

/** What the headline figure does not say: rejected pictures, classes never answered or never asked. Null when there is nothing. */
export function coverageSection(evaluation: ClassifierEvaluation): Section | null {
  const { unknown, neverPredicted, untested, unknownLabels } = evaluation;
  const notes = [
    unknown.rejected > 0 &&
      html`<p><b>${formatCount(unknown.rejected, 'picture')} rejected</b> as of no known class: for ${unknown.rejectedRight} of them the first answer was right, for ${unknown.rejectedWrong} wrong.</p>`,
    unknown.outside > 0 &&
      html`<p><b>${formatCount(unknown.outside, 'picture')} of classes the classifier does not know</b>; ${unknown.outsideRejected} of them were rejected, as they should be. They count as not recognised.</p>`,
    labelNote('Labels the classifier does not know', unknownLabels),
    labelNote('Classes that were never an answer', neverPredicted),
    labelNote('Classes without a test picture', untested),
  ].filter((note): note is Html => note !== false);
  if (notes.length === 0) return null;
  return {
    id: 'coverage',
    title: 'Fine print',
    lead: 'What the share of right answers does not say by itself.',
    body: html`${notes}`,
  };
}

function labelNote(title: string, labels: readonly string[]): Html | false {
  if (labels.length === 0) return false;
  const left = labels.length - listedAtMost;
  return html`<h3>${title} (${labels.length})</h3><ul class="labels">${labels.slice(0, listedAtMost).map((label) => html`<li>${name(label)}</li>`)}${left > 0 && html`<li class="note">and ${left} more</li>`}</ul>`;
}
