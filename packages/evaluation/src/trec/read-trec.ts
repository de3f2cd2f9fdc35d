import { NearkinError } from '@nearkin/core';
import type { TrecFile, TrecJudgement, TrecQrels, TrecResult, TrecRun } from './trec-file.js';

const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a TREC qrels file (`query iteration id grade`) or run file (`query Q0 id rank score tag`).
 *
 * Columns are separated by spaces or tabs. Empty lines and lines that begin with `#` are skipped. Rows keep their
 * order, so that `writeTrec` gives the file back.
 *
 * @param options.kind default: told by the number of columns of the first line; an empty file is taken for qrels
 * @throws {NearkinError} `BAD_FORMAT` with the line number: wrong number of columns, a grade or rank that is not an
 *   integer, a score that is not a finite number, an item twice for one query
 * @source trec_eval 10, README and `get_qrels.c`, `get_trec_results.c`
 * @example
 * const qrels = readTrec('q1 0 doc1 1\nq1 0 doc2 0\n');
 */
export function readTrec(text: string, options: { readonly kind: 'qrels' }): TrecQrels;
export function readTrec(text: string, options: { readonly kind: 'run' }): TrecRun;
export function readTrec(text: string, options?: { readonly kind?: 'qrels' | 'run' | undefined }): TrecFile;
export function readTrec(text: string, options: { readonly kind?: 'qrels' | 'run' | undefined } = {}): TrecFile {
  const lines = readLines(text);
  const kind = options.kind ?? (lines[0]?.columns.length === 6 ? 'run' : 'qrels');
  const seen = new Set<string>();
  const once = (line: Line, id: string) => {
    const key = `${line.columns[0]} ${id}`;
    if (seen.has(key)) throw bad(line.number, `${id} stands twice for query ${line.columns[0]}`);
    seen.add(key);
  };
  if (kind === 'qrels') return { kind, judgements: lines.map((line) => readJudgement(line, (id) => once(line, id))) };
  return { kind, results: lines.map((line) => readResult(line, (id) => once(line, id))) };
}

interface Line {
  readonly number: number;
  readonly columns: readonly string[];
}

function readLines(text: string): Line[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ number: i + 1, columns: line.split(/[ \t\v\f]+/).filter((column) => column !== '') }))
    .filter(({ columns }) => columns.length > 0 && !columns[0]!.startsWith('#'));
}

function readJudgement({ number, columns }: Line, once: (id: string) => void): TrecJudgement {
  if (columns.length !== 4) throw bad(number, `expected 4 columns (query iteration id grade), got ${columns.length}`);
  const [query, iteration, id, grade] = columns as [string, string, string, string];
  if (!integer.test(grade)) throw bad(number, `expected an integer grade, got ${JSON.stringify(grade)}`);
  once(id);
  return { query, iteration, id, grade: Number(grade) };
}

function readResult({ number, columns }: Line, once: (id: string) => void): TrecResult {
  if (columns.length !== 6) throw bad(number, `expected 6 columns (query Q0 id rank score tag), got ${columns.length}`);
  const [query, , id, rank, score, tag] = columns as [string, string, string, string, string, string];
  if (!integer.test(rank)) throw bad(number, `expected an integer rank, got ${JSON.stringify(rank)}`);
  if (!decimal.test(score) || !Number.isFinite(Number(score)))
    throw bad(number, `expected a finite score, got ${JSON.stringify(score)}`);
  once(id);
  return { query, id, rank: Number(rank), score: Number(score), tag };
}

function bad(line: number, reason: string): NearkinError {
  return new NearkinError('BAD_FORMAT', `Line ${line} of the TREC file: ${reason}.`, { details: { line } });
}
