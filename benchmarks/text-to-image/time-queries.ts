import type { BundleSource } from '@nearkin/core';
import { openSearcher } from '@nearkin/searcher';
import { captions } from './captions.js';

export interface QueryTimes {
  readonly engine: string;
  /** Milliseconds from words to ten answers: half of all queries are as fast, 95 of 100. */
  readonly p50: number;
  readonly p95: number;
  /** Of it for the encoder, half of all queries. */
  readonly encode: number;
  readonly open: number;
}

/** The same code for Node and for a page: opens the bundle and asks it one caption after the other. */
export async function timeQueries(source: BundleSource, { rounds }: { rounds: number }): Promise<QueryTimes> {
  const started = performance.now();
  using searcher = await openSearcher(source);
  const open = performance.now() - started;
  const texts = captions(500);
  for (const text of texts.slice(0, 100)) await searcher.search(text, { k: 10 });
  const whole: number[] = [];
  const encode: number[] = [];
  let found = 0;
  for (let round = 0; round < rounds; round++)
    for (const text of texts) {
      const start = performance.now();
      const hits = await searcher.search(text, { k: 10 });
      whole.push(performance.now() - start);
      found += hits.length;
      const middle = performance.now();
      await searcher.embed(text);
      encode.push(performance.now() - middle);
    }
  if (found !== 10 * whole.length) throw new Error(`expected 10 answers a query, got ${found / whole.length}`);
  return {
    engine: searcher.index.stats().engine,
    p50: share(whole, 0.5),
    p95: share(whole, 0.95),
    encode: share(encode, 0.5),
    open,
  };
}

function share(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))]!;
}
