import type { ClassifierEvaluation, Proportion } from '@nearkin/evaluation';
import { counted, percent } from '../terminal/number-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { bar, fit, widest } from '../terminal/text-layout.js';

const shownMistakes = 6;
const barWidth = 24;

/** An evaluation at a glance: the shares with their intervals, and what is taken for what. */
export function evaluationLines(
  evaluation: ClassifierEvaluation,
  terminal: Pick<Terminal, 'colors' | 'columns'>,
): string[] {
  const { top1, top5, unknown } = evaluation;
  const { colors } = terminal;
  const lines = ['', shareLine('top 1', top1, terminal)];
  if (top5) lines.push(shareLine('top 5', top5, terminal));
  lines.push(colors.dim(`  ${' '.repeat(barWidth + 19)}(95 % Wilson interval)`), '');
  if (unknown.rejected > 0)
    lines.push(
      `  ${counted(unknown.rejected, 'picture')} answered “unknown”: ${unknown.rejectedRight} right answers lost, ${unknown.rejectedWrong + unknown.outsideRejected} wrong ones avoided`,
      '',
    );
  return [...lines, ...mistakeLines(evaluation, terminal)];
}

function shareLine(name: string, share: Proportion, { colors }: Pick<Terminal, 'colors'>): string {
  const value = percent(share.value).padStart(7);
  const range = `${(share.low * 100).toFixed(1)} to ${percent(share.high)}`;
  return `  ${name}  ${colors.bold(value)}  ${colors.cyan(bar(share.value ?? 0, barWidth))}  ${share.correct} of ${share.total}, ${range}`;
}

/** The pairs that are mistaken more than once; where there are none, the mistakes with the highest scores. */
function mistakeLines(
  { confusion, samples }: ClassifierEvaluation,
  { colors, columns }: Pick<Terminal, 'colors' | 'columns'>,
): string[] {
  if (confusion.length === 0) return [];
  const repeated = confusion[0]!.count > 1;
  const mistakes = repeated
    ? confusion.map(({ expected, predicted, count }) => ({
        expected,
        predicted,
        remark: count > 1 ? `${count} ×` : '',
      }))
    : samples
        .filter(({ correct }) => !correct)
        .sort((a, b) => b.score - a.score)
        .map(({ label, predicted, rejected, score }) => ({
          expected: label,
          predicted: rejected ? null : predicted,
          remark: score.toFixed(2),
        }));
  const title = repeated ? 'Confused most often' : 'Surest mistakes';
  const shown = mistakes.slice(0, shownMistakes);
  const more = mistakes.length > shown.length ? colors.dim(` (${shown.length} of ${mistakes.length})`) : '';
  const most = Math.floor((columns - 22) / 2);
  const width = widest(
    shown.map(({ expected }) => printable(expected)),
    most,
  );
  return [
    `  ${title}${more}`,
    ...shown.map(({ expected, predicted, remark }) => {
      const answer = predicted === null ? 'unknown' : fit(printable(predicted), most).trimEnd();
      return `    ${fit(printable(expected), width)} ${colors.dim('taken for')} ${answer}${remark && colors.dim(`  ${remark}`)}`;
    }),
    '',
  ];
}
