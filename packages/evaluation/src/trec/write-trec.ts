import { NearkinError } from '@nearkin/core';
import type { TrecFile } from './trec-file.js';

/**
 * Writes a TREC qrels or run file, one row a line. `readTrec` gives the same rows back, scores to the last bit.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for a name that is empty, holds white space, or begins the line with `#`;
 *   for a grade or rank that is not an integer; `NON_FINITE` for such a score
 * @example
 * writeTrec({ kind: 'qrels', judgements: [{ query: 'q1', iteration: '0', id: 'doc1', grade: 1 }] }) // 'q1 0 doc1 1\n'
 */
export function writeTrec(file: TrecFile): string {
  const lines =
    file.kind === 'qrels'
      ? file.judgements.map(({ query, iteration, id, grade }, row) =>
          [word(query, row, true), word(iteration, row), word(id, row), integer(grade, row)].join(' '),
        )
      : file.results.map(({ query, id, rank, score, tag }, row) => {
          if (!Number.isFinite(score))
            throw new NearkinError('NON_FINITE', `Expected a finite score, got ${score} in row ${row}.`, {
              details: { row },
            });
          return [word(query, row, true), 'Q0', word(id, row), integer(rank, row), score, word(tag, row)].join(' ');
        });
  return lines.map((line) => `${line}\n`).join('');
}

function word(text: string, row: number, first = false): string {
  if (text !== '' && !/[\s\uFEFF]/.test(text) && !(first && text.startsWith('#'))) return text;
  throw new NearkinError(
    'INVALID_ARGUMENT',
    `A TREC file has names without white space; row ${row} has ${JSON.stringify(text)}. Replace it before writing.`,
    { details: { row, text } },
  );
}

function integer(value: number, row: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new NearkinError('INVALID_ARGUMENT', `Expected an integer, got ${value} in row ${row}.`, { details: { row } });
}
