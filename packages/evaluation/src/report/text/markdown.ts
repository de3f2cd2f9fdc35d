import { isNumeric } from './terminal.js';
import type { TextDocument, TextTable } from './text-document.js';

/** GitHub's tables. */
export function toMarkdown(document: TextDocument): string {
  const notes = document.notes.map(escapeMarkdown).join('\n\n');
  return [...document.tables.map(markdownTable), notes].filter(Boolean).join('\n\n');
}

function markdownTable({ title, columns, rows }: TextTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const marks = columns.map((_, i) => (i > 0 && isNumeric(rows.map((row) => row[i] ?? '')) ? '---:' : '---'));
  return [`### ${escapeMarkdown(title)}`, '', line(columns), `| ${marks.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** What would start markup, a cell, a link or HTML is escaped; a line break would end the row. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n\u2028\u2029]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\|`*_[\]~$]/g, '\\$&');
}
