import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sameBytes } from '../../test/same-bytes.js';
import { sampleSnapshot } from '../../test/sample-snapshot.js';
import { httpAccess } from './http-access.js';
import { openStoredIndex, snapshotPieces } from './snapshot-file.js';
import { joinPieces } from './write-container.js';

const snapshot = sampleSnapshot({ count: 40_000, dim: 32, partitions: 200 });
const file = joinPieces(snapshotPieces(snapshot));

/** A static host whose manners can be chosen. */
const host = {
  ranges: true,
  etag: '"1"',
  hideLengths: false,
  head: true,
  bytes: file,
  sent: 0,
  requests: 0,
  drops: 0,
  open: 0,
  mostOpen: 0,
};

function answer(request: IncomingMessage, response: ServerResponse): void {
  host.requests++;
  host.open++;
  host.mostOpen = Math.max(host.mostOpen, host.open);
  response.on('close', () => host.open--);
  if (host.drops > 0) {
    host.drops--;
    return void request.socket.destroy();
  }
  if (request.url !== '/photos.nearkin') return void response.writeHead(404).end();
  const { bytes } = host;
  const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
  if (request.method === 'HEAD') {
    if (host.head) response.setHeader('content-length', bytes.length);
    return void response.end();
  }
  if (!range || !host.ranges) {
    host.sent += bytes.length;
    return void response.writeHead(200).end(bytes);
  }
  const start = Number(range[1]);
  if (start >= bytes.length) return void response.writeHead(416).end();
  const part = bytes.subarray(start, Number(range[2]) + 1);
  host.sent += part.length;
  response.writeHead(206, {
    etag: host.etag,
    ...(host.hideLengths ? {} : { 'content-range': `bytes ${start}-${start + part.length - 1}/${bytes.length}` }),
  });
  response.end(part);
}

describe('a file behind a URL', () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer(answer);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/photos.nearkin`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    Object.assign(host, {
      ranges: true,
      etag: '"1"',
      hideLengths: false,
      head: true,
      bytes: file,
      sent: 0,
      requests: 0,
      drops: 0,
      open: 0,
      mostOpen: 0,
    });
  });

  it('is read in pieces: what a first search needs is a small part of it', async () => {
    const { sections, texts, header } = await openStoredIndex(await httpAccess(url));
    for (const name of ['centroids', 'codebook', 'partition.offsets'])
      expect(sameBytes(await sections.read(name), snapshot.sections.get(name))).toBe(true);
    const rows = header.count / header.partitions;
    const rowBytes = snapshot.sections.get('rows.int8')!.length / header.count;
    for (const partition of [3, 77, 150])
      await sections.read('rows.int8', { offset: partition * rows * rowBytes, length: rows * rowBytes });
    expect((await texts.readRows([39_000])).ids).toEqual([snapshot.ids[39_000]]);
    expect(host.sent).toBeLessThan(file.length / 8);
    expect(host.requests).toBeLessThan(15);
    expect(sections.fetchedBytes()).toBe(host.sent);
  });

  it('is read whole where the server ignores Range', async () => {
    host.ranges = false;
    const { texts } = await openStoredIndex(await httpAccess(url));
    expect((await texts.readAll()).ids).toEqual(snapshot.ids);
    expect(host.requests).toBe(1);
  });

  it('asks for the length where the server hides it, as those of other origins do', async () => {
    host.hideLengths = true;
    const access = await httpAccess(url);
    expect(access.size).toBe(file.length);
    expect(sameBytes(await access.read({ offset: 70_000, length: 9 }), file.subarray(70_000, 70_009))).toBe(true);
    host.head = false;
    await expect(httpAccess(url)).rejects.toMatchObject({ code: 'IO_ERROR' });
  });

  it('notices that the file was replaced', async () => {
    const changes = [
      () => Object.assign(host, { etag: '"2"' }),
      () => Object.assign(host, { bytes: file.subarray(0, file.length - 1) }),
      () => Object.assign(host, { ranges: false }),
    ];
    for (const change of changes) {
      Object.assign(host, { ranges: true, etag: '"1"', bytes: file });
      const access = await httpAccess(url);
      change();
      await expect(access.read({ offset: 70_000, length: 9 })).rejects.toMatchObject({
        code: 'IO_ERROR',
        message: expect.stringContaining('open it again'),
      });
    }
  });

  it('asks again when a connection breaks, and asks for a few pieces at a time', async () => {
    const access = await httpAccess(url);
    host.drops = 2;
    host.mostOpen = 0;
    const spans = Array.from({ length: 40 }, (_, i) => ({ offset: 70_000 + 1000 * i, length: 10 }));
    const parts = await Promise.all(spans.map((span) => access.read(span)));
    for (const [i, { offset, length }] of spans.entries())
      expect(sameBytes(parts[i], file.subarray(offset, offset + length))).toBe(true);
    expect(host.drops).toBe(0);
    expect(host.mostOpen).toBeLessThanOrEqual(6);
    expect(await access.read({ offset: file.length, length: 0 })).toHaveLength(0);
    host.drops = 1000;
    await expect(access.read({ offset: 70_000, length: 9 })).rejects.toMatchObject({ code: 'IO_ERROR' });
    host.drops = 0;
  });

  it('says what is not there, cut off, empty or cancelled', async () => {
    await expect(httpAccess(url.replace('photos', 'none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(httpAccess('http://127.0.0.1:1/x')).rejects.toMatchObject({ code: 'IO_ERROR' });
    await expect(httpAccess(url, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    host.bytes = file.subarray(0, 100_000);
    await expect(openStoredIndex(await httpAccess(url))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    host.bytes = new Uint8Array(0);
    await expect(openStoredIndex(await httpAccess(url))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  });
});
