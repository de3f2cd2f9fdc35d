import type { Classification } from '@nearkin/core';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { bar, fit, widest } from '../terminal/text-layout.js';

const barWidth = 20;

/** The answers for one picture as bars, each with the gallery picture that decided. */
export function answerLines(
  image: string,
  answers: readonly Classification[],
  { colors, columns }: Pick<Terminal, 'colors' | 'columns'>,
): string[] {
  const labels = answers.map(({ label }) => printable(label));
  const width = widest(labels, 32);
  const room = Math.max(12, columns - width - barWidth - 14);
  const rows = answers.map(({ score, nearestId }, i) => {
    const label = fit(labels[i]!, width);
    const filled = bar(score, barWidth);
    const because = colors.dim(fit(printable(nearestId), room).trimEnd());
    return i === 0
      ? `  ${colors.bold(label)}  ${colors.cyan(filled)}  ${score.toFixed(2).padStart(5)}  ${because}`
      : `  ${label}  ${colors.dim(filled)}  ${score.toFixed(2).padStart(5)}  ${because}`;
  });
  const unknown = answers[0]?.unknown
    ? [`  ${colors.yellow('unknown')}: not enough like any picture; nearest are`]
    : [];
  return [colors.underline(printable(image)), ...unknown, ...rows, ''];
}
