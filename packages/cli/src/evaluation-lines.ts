import type { ClassifierEvaluation, Proportion } from '@nearkin/evaluation';
import { counted, percent } from './number-text.js';
import { printable } from './printable.js';
import type { Terminal } from './terminal.js';
import { bar, fit, widest } from './text-layout.js';

const shownPairs = 6;
const barWidth = 24;

/** An evaluation at a glance: the shares with their intervals, and what is taken for what. */
export function evaluationLines(
  evaluation: ClassifierEvaluation,
  terminal: Pick<Terminal, 'colors' | 'columns'>,
): string[] {
  const { top1, top5, confusion, unknown } = evaluation;
  const { colors } = terminal;
  const lines = ['', shareLine('top 1', top1, terminal)];
  if (top5) lines.push(shareLine('top 5', top5, terminal));
  lines.push(colors.dim(`  ${' '.repeat(barWidth + 19)}(95 % Wilson interval)`), '');
  if (unknown.rejected > 0)
    lines.push(
      `  ${counted(unknown.rejected, 'picture')} answered “unknown”: ${unknown.rejectedRight} right answers lost, ${unknown.rejectedWrong + unknown.outsideRejected} wrong ones avoided`,
      '',
    );
  return [...lines, ...pairLines(confusion, terminal)];
}

function shareLine(name: string, share: Proportion, { colors }: Pick<Terminal, 'colors'>): string {
  const value = percent(share.value).padStart(7);
  const range = `${(share.low * 100).toFixed(1)} to ${percent(share.high)}`;
  return `  ${name}  ${colors.bold(value)}  ${colors.cyan(bar(share.value ?? 0, barWidth))}  ${share.correct} of ${share.total}, ${range}`;
}

function pairLines(
  confusion: ClassifierEvaluation['confusion'],
  { colors, columns }: Pick<Terminal, 'colors' | 'columns'>,
): string[] {
  if (confusion.length === 0) return [];
  const pairs = confusion.slice(0, shownPairs).map(({ expected, predicted, count }) => ({
    expected: printable(expected),
    predicted: predicted === null ? 'unknown' : printable(predicted),
    count,
  }));
  const most = Math.floor((columns - 20) / 2);
  const width = widest(
    pairs.map(({ expected }) => expected),
    most,
  );
  return [
    `  Confused most often${confusion.length > shownPairs ? colors.dim(` (${shownPairs} of ${counted(confusion.length, 'pair')})`) : ''}`,
    ...pairs.map(
      ({ expected, predicted, count }) =>
        `    ${fit(expected, width)} ${colors.dim('taken for')} ${fit(predicted, most).trimEnd()}${count > 1 ? colors.dim(`  ${count} ×`) : ''}`,
    ),
    '',
  ];
}
