import type { ClassifiedSample } from '../../classifier/evaluate-classifier.js';
import { type Html, html } from '../html.js';
import { formatCount } from '../number-format.js';
import type { PictureSheet } from '../picture-sheet.js';
import { mistakeFigure } from './mistake-figure.js';
import { foldAfter, type Section } from './section.js';

const shownAtOnce = 12;

/** Wrong answers, the most confident first; null when there are none. */
export function mistakesSection(
  samples: readonly ClassifiedSample[],
  options: { pictures: PictureSheet; limit: number },
): Section | null {
  const { pictures, limit } = options;
  const mistakes = samples
    .filter((sample) => !sample.correct)
    .sort((a, b) => Number(a.rejected) - Number(b.rejected) || b.score - a.score);
  if (mistakes.length === 0) return null;
  const kept = mistakes.slice(0, limit);
  const left = mistakes.length - kept.length;
  const show = (part: readonly ClassifiedSample[]): Html =>
    html`<div class="mistakes">${part.map((sample) => mistakeFigure(sample, pictures))}</div>`;
  return {
    id: 'mistakes',
    title: 'Worst mistakes',
    lead: 'Each picture that was not recognised, beside the gallery picture that decided the answer; the surest mistakes first. A gallery picture that keeps deciding wrongly is one to replace.',
    body: html`${foldAfter(kept, shownAtOnce, { show, noun: 'mistakes' })}${left > 0 && html`<p class="note">${formatCount(left, 'more mistake')} not shown.</p>`}`,
  };
}
