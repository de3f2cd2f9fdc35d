import { isNumeric } from './terminal.js';
import type { TextDocument, TextTable } from './text-document.js';

/** `tabular` environments for the package booktabs; notes follow as paragraphs. */
export function toLatex(document: TextDocument): string {
  const notes = document.notes.map(escapeLatex).join('\n\n');
  return [...document.tables.map(latexTable), notes].filter(Boolean).join('\n\n');
}

function latexTable({ title, columns, rows }: TextTable): string {
  const line = (cells: readonly string[]) => `${cells.map(escapeLatex).join(' & ')} \\\\`;
  const marks = columns.map((_, i) => (i > 0 && isNumeric(rows.map((row) => row[i] ?? '')) ? 'r' : 'l')).join('');
  return [
    '\\begin{table}',
    `\\caption{${escapeLatex(title)}}`,
    `\\begin{tabular}{${marks}}`,
    '\\toprule',
    line(columns),
    '\\midrule',
    ...rows.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
  ].join('\n');
}

const commands = new Map([
  ['\\', '\\textbackslash{}'],
  ['~', '\\textasciitilde{}'],
  ['^', '\\textasciicircum{}'],
  ['<', '\\textless{}'],
  ['>', '\\textgreater{}'],
  ['\u2212', '$-$'],
]);

function escapeLatex(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[\\~^<>\u2212&%$#_{}]/g, (character) => commands.get(character) ?? `\\${character}`);
}
