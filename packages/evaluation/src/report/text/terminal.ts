import type { TextDocument, TextTable } from './text-document.js';

/** Aligned columns for a terminal. Control characters in names are shown as `?`, so that no name can steer it. */
export function toTerminal(document: TextDocument): string {
  return [...document.tables.map(terminalTable), document.notes.map(printable).join('\n')].filter(Boolean).join('\n\n');
}

function terminalTable({ title, columns, rows }: TextTable): string {
  const lines = [columns, ...rows].map((line) => line.map(printable));
  const widths = columns.map((_, i) => lines.reduce((most, line) => Math.max(most, width(line[i] ?? '')), 0));
  const isRight = columns.map((_, i) => i > 0 && isNumeric(rows.map((row) => row[i] ?? '')));
  const print = (line: readonly string[]) =>
    line
      .map((cell, i) => {
        const gap = ' '.repeat(widths[i]! - width(cell));
        return isRight[i] ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  const rule = '-'.repeat(widths.reduce((sum, columnWidth) => sum + columnWidth + 2, -2));
  return [printable(title), rule, print(lines[0]!), rule, ...lines.slice(1).map(print), rule].join('\n');
}

/** Whether a column holds numbers, and so stands to the right. */
export function isNumeric(cells: readonly string[]): boolean {
  return cells.every((cell) => /^[-\u2212\d]/.test(cell));
}

/** Columns on screen, for scripts with one column a letter; wide ones (Chinese, emoji) take two. */
function width(text: string): number {
  let sum = 0;
  for (const { segment } of segmenter.segment(text)) sum += wide.test(segment) ? 2 : 1;
  return sum;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '?');
}
