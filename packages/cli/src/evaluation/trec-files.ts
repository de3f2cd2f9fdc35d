import { join, resolve } from 'node:path';
import type { Gallery } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import { type RetrievalMetrics, writeTrec } from '@nearkin/evaluation';

/** Results of each query that a run file keeps. */
export const trecDepth = 100;

/**
 * Writes `qrels.txt` (every gallery picture of the query's class) and `run.txt` (the nearest ones). White space, `%` and
 * `#` in names are written as in a URL: the format has no other way.
 *
 * @param evaluated.metrics with at least `trecDepth` neighbours, or all there are
 * @param evaluated.gallery left out: the queries, each without itself
 */
export async function writeTrecFiles(
  folder: string,
  evaluated: { readonly metrics: RetrievalMetrics; readonly queries: Gallery; readonly gallery?: Gallery | undefined },
): Promise<void> {
  const { queries, gallery = queries, metrics } = evaluated;
  const names = gallery.ids.map(trecName);
  const rowsOf = new Map<string, number[]>();
  gallery.labels.forEach((label, row) => {
    if (label === '') return;
    const rows = rowsOf.get(label);
    if (rows) rows.push(row);
    else rowsOf.set(label, [row]);
  });
  function* qrels() {
    for (const [q, id] of queries.ids.entries()) {
      const rows = (rowsOf.get(queries.labels[q]!) ?? []).filter((row) => gallery !== queries || row !== q);
      const query = trecName(id);
      yield encode(
        writeTrec({
          kind: 'qrels',
          judgements: rows.map((row) => ({ query, iteration: '0', id: names[row]!, grade: 1 })),
        }),
      );
    }
  }
  function* run() {
    for (const [q, { indices, scores }] of metrics.neighbors!.entries()) {
      const query = trecName(queries.ids[q]!);
      const results = indices.slice(0, trecDepth).map((row, i) => ({
        query,
        id: names[row]!,
        rank: i + 1,
        score: scores[i]!,
        tag: 'nearkin',
      }));
      yield encode(writeTrec({ kind: 'run', results }));
    }
  }
  await replaceFile(join(resolve(folder), 'qrels.txt'), qrels());
  await replaceFile(join(resolve(folder), 'run.txt'), run());
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function trecName(id: string): string {
  return id.replace(/[\s\uFEFF%#]/g, encodeURIComponent) || '%';
}
