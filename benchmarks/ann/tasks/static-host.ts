import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vectorAt } from '@nearkin/core';
import { openLazyIndex } from '@nearkin/searcher';
import { textLikeData } from '../data/text-like.js';
import { median } from '../measure/sweep.js';
import { figure, markdownTable } from '../report/markdown-table.js';
import { buildNearkin } from '../systems/nearkin.js';
import type { Task } from './task.js';

export interface StaticHost {
  readonly rows: number;
  readonly fileBytes: number;
  readonly partitions: number;
  /** Bytes, as the server counts them, and requests. */
  readonly opened: Sent;
  readonly firstAnswer: Sent;
  /** Median of later queries that find nothing fetched before. */
  readonly laterBytes: number;
  readonly same: boolean;
}

interface Sent {
  readonly bytes: number;
  readonly requests: number;
}

/** What a static host has to send before an index that stays on it gives its first answer. */
export const staticHost: Task<StaticHost> = {
  name: 'static-host',
  async run({ quick, log }) {
    const data = textLikeData({ name: 'static-host', count: quick ? 50_000 : 1_000_000, queries: 32 });
    const { index } = await buildNearkin(data, { kind: 'partitioned', codes: 'pq4', reorder: 'int8' });
    const file = index.toBytes();
    log(`  ${data.rows.count} rows built, ${file.length} bytes`);
    const host = await serveRanges(file);
    const lazy = await openLazyIndex(host.address, { cacheBytes: 0 });
    const opened = host.sent();
    const later: number[] = [];
    let firstAnswer = opened;
    let same = true;
    for (let q = 0; q < data.queries.count; q++) {
      const before = host.sent().bytes;
      const hits = await lazy.search(vectorAt(data.queries, q));
      const own = index.search(vectorAt(data.queries, q));
      same &&= hits.length === own.length && hits.every(({ id }, i) => id === own[i]!.id);
      if (q === 0) firstAnswer = host.sent();
      else later.push(host.sent().bytes - before);
    }
    const { partitions } = index.stats();
    lazy.dispose();
    index.dispose();
    host.close();
    return {
      rows: data.rows.count,
      fileBytes: file.length,
      partitions,
      opened,
      firstAnswer,
      laterBytes: median(later),
      same,
    };
  },
  report: ({ rows, fileBytes, partitions, opened, firstAnswer, laterBytes, same }) => ({
    title: 'An index that stays on a static host',
    lines: [
      `${rows.toLocaleString('en')} x 128, ${partitions} partitions, pq4 with int8 rows, a file of ${megabytes(fileBytes)} MB behind HTTP Range; search defaults as the build tuned them, nothing kept between queries. Answers ${same ? 'equal' : '**differ from**'} those of the index in memory.`,
      '',
      ...markdownTable(
        ['until', 'MB sent', 'share of the file', 'requests'],
        [
          ['open', megabytes(opened.bytes), percent(opened.bytes / fileBytes), String(opened.requests)],
          [
            'first answer',
            megabytes(firstAnswer.bytes),
            percent(firstAnswer.bytes / fileBytes),
            String(firstAnswer.requests),
          ],
          ['each later query', megabytes(laterBytes), percent(laterBytes / fileBytes), '–'],
        ],
      ),
    ],
  }),
};

async function serveRanges(file: Uint8Array) {
  let bytes = 0;
  let requests = 0;
  const server = createServer((request, response) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
    const head = request.method === 'HEAD';
    const part = from === undefined ? file : file.subarray(Number(from), Number(to) + 1);
    requests++;
    if (!head) bytes += part.length;
    response.writeHead(from === undefined ? 200 : 206, {
      'accept-ranges': 'bytes',
      'content-length': part.length,
      etag: '"1"',
      ...(from === undefined
        ? {}
        : { 'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${file.length}` }),
    });
    response.end(head ? undefined : part);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.nearkin`,
    sent: (): Sent => ({ bytes, requests }),
    close: () => server.close(),
  };
}

function megabytes(bytes: number): string {
  return figure(bytes / 1e6);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
