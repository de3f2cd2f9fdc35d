import type { ClassifiedSample } from '../../classifier/evaluate-classifier.js';
import { type Html, html } from '../html.js';
import { formatOrdinal, formatScore } from '../number-format.js';
import type { PictureSheet } from '../picture-sheet.js';
import { name } from './section.js';

/** The picture that was asked about, beside the gallery picture that decided the answer. */
export function mistakeFigure(sample: ClassifiedSample, pictures: PictureSheet): Html {
  const { id, label, predicted, nearestId, score, rejected, rank } = sample;
  const place = rank === null ? 'not among the answers' : `came ${formatOrdinal(rank)}`;
  return html`<figure class="mistake"><div class="versus">
<div>${pictures.show('queries', id, `Asked: ${id}`)}<span class="cap"><small>is</small> ${name(label)}</span></div>
<div>${pictures.show('gallery', nearestId, `Decided: ${nearestId}`)}<span class="cap ${rejected ? 'unsure' : 'bad'}"><small>${rejected ? 'rejected:' : 'taken for'}</small> ${name(predicted)}</span></div>
</div><figcaption>score ${formatScore(score)} · true class ${place}<br/><span class="id">${name(id)}</span> · decided by <span class="id">${name(nearestId)}</span></figcaption></figure>`;
}
