import { binScores, scoreHistogram } from '../charts/score-histogram.js';
import { html } from '../html.js';
import { formatCount } from '../number-format.js';
import { type Section, tableTwin } from './section.js';

/** Scores of first answers, and the threshold below which an answer is rejected. */
export interface ReportScores {
  readonly right: readonly number[];
  readonly wrong: readonly number[];
  readonly threshold?: number | undefined;
}

/** Null when there are no scores. */
export function scoresSection(scores: ReportScores): Section | null {
  const bins = binScores(scores.right, scores.wrong);
  if (bins === null) return null;
  const { threshold } = scores;
  const below = (list: readonly number[]) => list.filter((score) => score < threshold!).length;
  const description = `Histogram of scores: ${formatCount(scores.right.length, 'right answer')}, ${formatCount(scores.wrong.length, 'wrong answer')}.`;
  const cut =
    threshold === undefined
      ? ''
      : ` ${formatCount(below(scores.wrong), 'wrong answer')} and ${formatCount(below(scores.right), 'right answer')} are below the threshold ${threshold.toFixed(3)}.`;
  return {
    id: 'scores',
    title: 'Scores',
    lead: `Scores of right first answers rise above the line, those of wrong ones hang below it. The less they overlap, the better a threshold can tell them apart.${cut}`,
    body: html`<figure><ul class="legend"><li class="right">right answers, above</li><li class="wrong">wrong answers, below</li></ul>
${scoreHistogram(bins, { threshold, description })}
${tableTwin(
  ['Score', 'Right', 'Wrong'],
  bins.right.map((right, i) => [`${edge(bins.edges[i]!)} to ${edge(bins.edges[i + 1]!)}`, right, bins.wrong[i]!]),
)}</figure>`,
  };
}

function edge(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '\u2212');
}
