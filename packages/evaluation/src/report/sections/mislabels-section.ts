import type { MislabelReport, MislabelSuspect } from '../../classifier/likely-mislabels.js';
import { type Html, html } from '../html.js';
import { formatCount, formatScore, formatShare } from '../number-format.js';
import type { PictureSheet } from '../picture-sheet.js';
import { foldAfter, name, type Section } from './section.js';

const shownAtOnce = 12;

/** Gallery pictures to look at; null when there is no suspect. */
export function mislabelsSection(
  report: MislabelReport,
  options: { pictures: PictureSheet; limit: number },
): Section | null {
  const { pictures, limit } = options;
  const { suspects, leaveOneOut, neighbors } = report;
  if (suspects.length === 0) return null;
  const kept = suspects.slice(0, limit);
  const left = suspects.length - kept.length;
  const show = (part: readonly MislabelSuspect[]): Html =>
    html`<div class="mistakes">${part.map((suspect) => suspectFigure(suspect, { pictures, neighbors }))}</div>`;
  return {
    id: 'mislabels',
    title: 'Pictures to check',
    lead: `Each gallery picture was asked against all others: ${formatShare(leaveOneOut.value)} are nearest to their own class. These are not, or mislead others, and may carry the wrong label. Those whose removal helps most come first; look before you remove.`,
    body: html`${foldAfter(kept, shownAtOnce, { show, noun: 'pictures' })}${left > 0 && html`<p class="note">${formatCount(left, 'more picture')} not shown.</p>`}`,
  };
}

function suspectFigure(suspect: MislabelSuspect, options: { pictures: PictureSheet; neighbors: number }): Html {
  const { pictures, neighbors } = options;
  const { id, label, nearestId, nearestLabel, nearestScore, ownScore, votes, removalGain } = suspect;
  const isStray = nearestLabel !== label;
  return html`<figure class="mistake"><div class="versus">
<div>${pictures.show('gallery', id, `To check: ${id}`)}<span class="cap"><small>labelled</small> ${name(label)}</span></div>
<div>${pictures.show('gallery', nearestId, `Nearest: ${nearestId}`)}<span class="cap${isStray && ' bad'}"><small>nearest</small> ${name(nearestLabel)}</span></div>
</div><figcaption>${isStray ? html`${votes} of its ${neighbors} nearest are ${name(nearestLabel)}; score ${formatScore(nearestScore)}, own class ${formatScore(ownScore)}` : 'Nearest to its own class, but it misleads others'}.
<b>${gainSentence(removalGain)}</b><br/><span class="id">${name(id)}</span></figcaption></figure>`;
}

function gainSentence(gain: number): string | null {
  if (gain === 0) return null;
  return gain > 0
    ? `Without it, ${formatCount(gain, 'more picture')} would be recognised.`
    : `Without it, ${formatCount(-gain, 'picture')} fewer would be recognised.`;
}
