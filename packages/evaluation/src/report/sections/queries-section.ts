import { type Html, html } from '../html.js';
import { formatCount, formatScore, formatShare } from '../number-format.js';
import type { PictureSheet } from '../picture-sheet.js';
import { foldAfter, name, type Section } from './section.js';

/** A query and what came back for it. */
export interface ReportQuery {
  readonly id: string;
  readonly label: string;
  /** What it is ranked by, 0 to 1: the least is the worst. */
  readonly value: number | null;
  /** Best first. */
  readonly neighbors: readonly {
    readonly id: string;
    readonly label: string;
    readonly score: number;
    readonly isRight: boolean;
  }[];
}

const shownAtOnce = 8;

/** The worst queries beside their nearest neighbours; null when there are none. */
export function queriesSection(
  queries: readonly ReportQuery[],
  options: { pictures: PictureSheet; limit: number; metric: string },
): Section | null {
  const { pictures, limit, metric } = options;
  if (queries.length === 0) return null;
  const kept = queries.slice(0, limit);
  const left = queries.length - kept.length;
  const show = (part: readonly ReportQuery[]): Html =>
    html`<div class="queries">${part.map((query) => queryRow(query, { pictures, metric }))}</div>`;
  return {
    id: 'queries',
    title: 'Worst queries',
    lead: `Queries by ${metric}, the worst first, and their nearest pictures in order: \u2713 of the same class, \u2717 of another.`,
    body: html`${foldAfter(kept, shownAtOnce, { show, noun: 'queries' })}${left > 0 && html`<p class="note">${formatCount(left, 'better query', 'better queries')} not shown.</p>`}`,
  };
}

function queryRow(query: ReportQuery, options: { pictures: PictureSheet; metric: string }): Html {
  const { pictures, metric } = options;
  const { id, label, value, neighbors } = query;
  const list = neighbors.map(
    (neighbor) =>
      html`<li class="${neighbor.isRight ? 'right' : 'wrong'}">${pictures.show('gallery', neighbor.id, `${neighbor.isRight ? 'Same class' : 'Another class'}: ${neighbor.id}`)}<span class="cap">${neighbor.isRight ? '\u2713' : '\u2717'} ${name(neighbor.label)}<small>${formatScore(neighbor.score)}</small></span></li>`,
  );
  return html`<article class="query"><div class="asked">${pictures.show('queries', id, `Asked: ${id}`)}<span class="cap">${name(label)}<small>${metric} ${formatShare(value)}</small><small class="id">${name(id)}</small></span></div><ol>${list}</ol></article>`;
}
