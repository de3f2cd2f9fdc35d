// How long a search bundle of 123,287 rows takes from opening to its first answer, what of its index was read for it, and
// what memory it took: opened whole, and left where it is. Each in a process of its own. `pnpm first-answer` prints a table.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGallery } from '@nearkin/core';
import { buildIndex, composeSearcher, openLazySearcher, openSearcher, saveSearcher } from '@nearkin/searcher';
import { textLikeData } from '../ann/data/text-like.js';
import { captions } from './captions.js';
import { randomTextEncoder } from './random-encoder.js';
import { dim, rows } from './settings.js';

const [way, folder] = process.argv.slice(2);
if (way === undefined) await compare();
else await answer(way, folder!);

async function compare(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'nearkin-first-answer-'));
  try {
    const data = textLikeData({ name: 'text', count: rows, dim, queries: 10 });
    const encoder = randomTextEncoder();
    const ids = Array.from({ length: rows }, (_, row) => `${row}.jpg`);
    using index = await buildIndex(createGallery({ vectors: data.rows, ids, modelId: encoder.id }), { seed: 1 });
    await saveSearcher(await composeSearcher(index, encoder), root);
    console.log('| opened | first answer ms | ten more, ms each | read of the index, MB | memory, MB |');
    console.log('| --- | --- | --- | --- | --- |');
    for (const one of ['whole', 'lazy']) {
      const args = [...process.execArgv, import.meta.filename, one, root];
      console.log(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim());
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function answer(one: string, source: string): Promise<void> {
  const before = process.memoryUsage();
  const [first, ...others] = captions(11);
  const started = performance.now();
  using searcher = one === 'lazy' ? await openLazySearcher(source) : await openSearcher(source);
  await searcher.search(first!, { k: 10 });
  const took = performance.now() - started;
  const again = performance.now();
  for (const text of others) await searcher.search(text, { k: 10 });
  const each = (performance.now() - again) / others.length;
  const read = 'traffic' in searcher ? searcher.traffic() : undefined;
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  const now = process.memoryUsage();
  const bytes = read ? `${mb(read.fetchedBytes)} of ${mb(read.fileBytes)}` : 'all';
  console.log(`| ${one} | ${took.toFixed(0)} | ${each.toFixed(1)} | ${bytes} | ${mb(now.rss - before.rss)} |`);
}
