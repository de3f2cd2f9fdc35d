import { NearkinError } from '@nearkin/core';
import { assertInside, type ByteSpan, bytesAccess, type RandomAccess } from './random-access.js';

type Stop = { readonly signal?: AbortSignal | undefined };

/** The first request asks for this much, which is the header and the small sections of most files. */
const firstRead = 65_536;
const requestsAtATime = 6;
const pausesMs = [50, 300];

/**
 * A file behind an `http(s):` URL, read by Range requests; any static host that answers them will do. A server that
 * ignores Range sends the whole file, which is then kept in memory. Length, ETag and date must stay the same
 * from answer to answer: a file that was replaced meanwhile is an `IO_ERROR`, never a mixture.
 *
 * @throws {NearkinError} `NOT_FOUND`, `IO_ERROR`, `ABORTED`
 */
export async function httpAccess(url: string, options: Stop = {}): Promise<RandomAccess> {
  const first = await request(url, { offset: 0, length: firstRead }, options);
  if (first.status === 200) return bytesAccess(await bodyOf(first, url, options), url);
  // An empty file has no first byte to send.
  if (first.status === 416) return bytesAccess(new Uint8Array(0), url);
  const front = await bodyOf(first, url, options);
  const size = totalOf(first) ?? (await askForSize(url, options));
  const version = versionOf(first);
  const inTurn = createGate(requestsAtATime);
  if (front.length !== Math.min(size, firstRead)) throw changed(url, `${front.length} bytes`, `${size} in all`);
  return {
    location: url,
    size,
    async read(span, { signal } = {}) {
      assertInside(span, { size, location: url });
      const { offset, length } = span;
      // A Range cannot ask for nothing.
      if (length === 0) return new Uint8Array(0);
      if (offset + length <= front.length) return front.subarray(offset, offset + length);
      return inTurn(() => fetchSpan(span, { signal }));
    },
    async close() {},
  };

  async function fetchSpan(span: ByteSpan, { signal }: Stop): Promise<Uint8Array> {
    const response = await request(url, span, { signal });
    if (response.status !== 206) throw changed(url, `status ${response.status}`, 'the piece that was asked for');
    const total = totalOf(response);
    if (total !== undefined && total !== size) throw changed(url, `${total} bytes`, `${size}`);
    const now = versionOf(response);
    if (now !== version) throw changed(url, `version ${now}`, version);
    const bytes = await bodyOf(response, url, { signal });
    if (bytes.length !== span.length) throw changed(url, `${bytes.length} bytes`, `${span.length}`);
    return bytes;
  }
}

async function request(url: string, { offset, length }: ByteSpan, { signal }: Stop): Promise<Response> {
  const response = await fetchPatiently(url, {
    headers: { range: `bytes=${offset}-${offset + length - 1}` },
    ...(signal ? { signal } : {}),
  });
  if (response.ok || response.status === 416) return response;
  const details = { url, status: response.status };
  if (response.status === 404 || response.status === 410)
    throw new NearkinError('NOT_FOUND', `Nothing is at ${url}; check the address.`, { details });
  throw new NearkinError(
    'IO_ERROR',
    `Could not load ${url}: the server answered ${response.status} ${response.statusText}.`,
    { details },
  );
}

/** A connection that was kept open may just have been closed by the server: asks again before giving up. */
async function fetchPatiently(url: string, init: RequestInit): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetch(url, init);
    } catch (cause) {
      if (init.signal?.aborted || attempt === pausesMs.length)
        throw loadError(url, cause, { signal: init.signal ?? undefined });
      await new Promise((resolve) => setTimeout(resolve, pausesMs[attempt]));
    }
  }
}

/** Runs at most so many jobs at a time; browsers do not open more connections to a server. */
function createGate(places: number): <T>(job: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (running >= places) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

async function bodyOf(response: Response, url: string, stop: Stop): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw loadError(url, cause, stop);
  }
}

/** From `Content-Range: bytes 0-99/1234`; another origin's server may hide it. */
function totalOf(response: Response): number | undefined {
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

/** What the server says about the state of the file; another origin's may say nothing. */
function versionOf(response: Response): string {
  return `${response.headers.get('etag') ?? '?'} ${response.headers.get('last-modified') ?? '?'}`;
}

async function askForSize(url: string, { signal }: Stop): Promise<number> {
  let length: string | null;
  try {
    const response = await fetch(url, { method: 'HEAD', ...(signal ? { signal } : {}) });
    length = response.ok ? response.headers.get('content-length') : null;
  } catch (cause) {
    throw loadError(url, cause, { signal });
  }
  if (length === null)
    throw new NearkinError(
      'IO_ERROR',
      `Could not learn the length of ${url}: the server shows neither Content-Range nor Content-Length; let it expose them.`,
      { details: { url } },
    );
  return Number(length);
}

function loadError(url: string, cause: unknown, { signal }: Stop): NearkinError {
  if (signal?.aborted) return new NearkinError('ABORTED', `Loading ${url} was cancelled.`, { cause });
  return new NearkinError(
    'IO_ERROR',
    `Could not load ${url}; is the address right, the network there, and does the server allow this origin?`,
    { cause, details: { url } },
  );
}

function changed(url: string, received: string, expected: string): NearkinError {
  return new NearkinError(
    'IO_ERROR',
    `The file at ${url} changed while it was read: expected ${expected}, got ${received}; open it again.`,
    { details: { url, expected, received } },
  );
}
