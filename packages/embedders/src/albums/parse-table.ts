import { NearkinError } from '@nearkin/core';
import Papa from 'papaparse';

/** A row of a table, by the names of its columns. */
export interface TableRow {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ParseTableOptions {
  /** `csv` (first row: names of columns) or `jsonl` (an object in each line). Default: by the ending of `name`. */
  readonly format?: 'csv' | 'jsonl' | undefined;
  /** For messages, and for its ending: `.jsonl` and `.ndjson` are JSON lines, the rest CSV. */
  readonly name?: string | undefined;
  /** CSV; default: the one of comma, tab, semicolon and bar that the first line has most of. */
  readonly delimiter?: string | undefined;
  /** CSV; default `"`. */
  readonly quote?: string | undefined;
}

/**
 * Reads a table: CSV with a row of names, or JSON lines. Empty lines are passed over.
 *
 * @throws {NearkinError} `BAD_FORMAT` naming the line: a quote that is not closed, a row with more or fewer fields than
 *   there are names, a name that stands twice, a line that is no JSON object; `EMPTY_GALLERY` without rows
 * @example
 * parseTable('file,caption\na.png,"a cat, asleep"\n'); // [{ line: 2, values: { file: 'a.png', caption: 'a cat, asleep' } }]
 */
export function parseTable(text: string, options: ParseTableOptions = {}): TableRow[] {
  const { name = 'the table' } = options;
  const format = options.format ?? (/\.(jsonl|ndjson)$/i.test(name) ? 'jsonl' : 'csv');
  const plain = text.replace(/^\uFEFF/, '');
  const rows = format === 'jsonl' ? parseJsonLines(plain, name) : parseCsv(plain, { ...options, name });
  if (rows.length === 0)
    throw new NearkinError('EMPTY_GALLERY', `Expected rows in ${name}, got none.`, { details: { name } });
  return rows;
}

function parseJsonLines(text: string, name: string): TableRow[] {
  const rows: TableRow[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    let values: unknown;
    try {
      values = JSON.parse(line);
    } catch (cause) {
      throw bad('something that is not JSON', { line: i + 1, name, cause });
    }
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      throw bad('no object', { line: i + 1, name });
    rows.push({ line: i + 1, values: values as Record<string, unknown> });
  }
  return rows;
}

function parseCsv(
  text: string,
  { delimiter = commonest(text), quote = '"', name }: ParseTableOptions & { name: string },
): TableRow[] {
  const rows: TableRow[] = [];
  let header: string[] | undefined;
  let start = 0;
  let line = 1;
  Papa.parse<string[]>(text, {
    delimiter,
    quoteChar: quote,
    step({ data, errors, meta }) {
      const at = line;
      line += newlines(text, start, meta.cursor);
      start = meta.cursor;
      const [error] = errors;
      if (error) throw bad(`bad CSV: ${error.message}`, { line: at, name });
      if (data.length === 1 && data[0]!.trim() === '') return;
      if (!header) {
        header = data.map((entry) => entry.trim());
        const twice = header.find((entry, i) => header!.indexOf(entry) !== i);
        if (twice !== undefined) throw bad(`the column ${JSON.stringify(twice)} twice`, { line: at, name });
        return;
      }
      if (data.length !== header.length)
        throw bad(`${data.length} fields for ${header.length} columns`, { line: at, name });
      rows.push({ line: at, values: Object.fromEntries(header.map((key, i) => [key, data[i]])) });
    },
  });
  return rows;
}

function commonest(text: string): string {
  const [first = ''] = text.split('\n', 1);
  const counts = [',', '\t', ';', '|'].map((mark) => ({ mark, count: first.split(mark).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function bad(what: string, { line, name, cause }: { line: number; name: string; cause?: unknown }): NearkinError {
  return new NearkinError('BAD_FORMAT', `Expected a row of a table in line ${line} of ${name}, got ${what}.`, {
    cause,
    details: { name, line },
  });
}
