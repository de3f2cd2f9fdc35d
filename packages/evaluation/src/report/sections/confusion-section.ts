import type { ConfusedPair } from '../../classifier/confusion.js';
import type { ClassifiedSample } from '../../classifier/evaluate-classifier.js';
import { type Html, html } from '../html.js';
import { formatCount } from '../number-format.js';
import type { PictureSheet } from '../picture-sheet.js';
import { mistakeFigure } from './mistake-figure.js';
import { foldAfter, name, type Section } from './section.js';

const shownAtOnce = 12;

/** The pairs of classes that are taken for one another most; null when there are none. */
export function confusionSection(
  pairs: readonly ConfusedPair[],
  options: { samples: readonly ClassifiedSample[]; pictures: PictureSheet; limit: number },
): Section | null {
  const { samples, pictures, limit } = options;
  if (pairs.length === 0) return null;
  const byId = new Map(samples.map((sample) => [sample.id, sample]));
  const kept = pairs.slice(0, limit);
  const left = pairs.length - kept.length;
  const show = (part: readonly ConfusedPair[]): Html =>
    html`<div class="pairs">${part.map((pair) => pairCard(pair, { byId, pictures }))}</div>`;
  return {
    id: 'confusion',
    title: 'Confused pairs',
    lead: 'Which class is taken for which, the most frequent pair first. Open a pair to see its pictures.',
    body: html`${foldAfter(kept, shownAtOnce, { show, noun: 'pairs' })}${left > 0 && html`<p class="note">${formatCount(left, 'rarer pair')} not shown.</p>`}`,
  };
}

function pairCard(
  pair: ConfusedPair,
  options: { byId: ReadonlyMap<string, ClassifiedSample>; pictures: PictureSheet },
): Html {
  const { byId, pictures } = options;
  const examples = pair.examples.flatMap((id) => byId.get(id) ?? []);
  const [first] = examples;
  const left = pair.count - examples.length;
  return html`<details class="pair"><summary>
${first && html`<span class="thumbs">${pictures.show('queries', first.id, `Asked: ${first.id}`)}${pictures.show('gallery', first.nearestId, `Decided: ${first.nearestId}`)}</span>`}
<span class="words"><b>${name(pair.expected)}</b> ${pair.predicted === null ? 'rejected as of no known class' : html`taken for <b>${name(pair.predicted)}</b>`}</span>
<span class="count">${pair.count}×</span></summary>
<div class="mistakes">${examples.map((sample) => mistakeFigure(sample, pictures))}</div>
${left > 0 && html`<p class="note">${formatCount(left, 'more picture')} of this pair.</p>`}</details>`;
}
