// Words to pictures at the size of the TFLite Searcher's own demonstration: bundles of 123,287 rows, asked in Node and
// in Chromium. Writes results/text-to-image.md.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGallery, vectorAt } from '@nearkin/core';
import { exactTopK } from '@nearkin/kernels';
import { buildIndex, composeSearcher, type SearchIndex, saveSearcher } from '@nearkin/searcher';
import { chromium } from 'playwright-core';
import { chromiumOptions } from '../../scripts/chromium-options.mjs';
import { textLikeData } from '../ann/data/text-like.js';
import { provenance } from '../ann/measure/machine.js';
import { randomTextEncoder } from './random-encoder.js';
import { servePage } from './serve-page.js';
import { dim, rows, type Setting, settings } from './settings.js';
import { type QueryTimes, timeQueries } from './time-queries.js';

const queries = 1000;
const rounds = 6;
const k = 10;

interface Result extends Setting {
  readonly buildSeconds: number;
  readonly indexBytes: number;
  readonly bundleBytes: number;
  readonly searched: string;
  readonly recall: number;
  node?: QueryTimes;
  chromium?: QueryTimes;
}

const data = textLikeData({ name: 'text', count: rows, dim, queries });
const encoder = randomTextEncoder();
const gallery = createGallery({
  vectors: data.rows,
  ids: Array.from({ length: rows }, (_, row) => `${row}.jpg`),
  modelId: encoder.id,
});
const truth = await exactTopK({ queries: data.queries, rows: data.rows, k, metric: 'cosine' });
const root = await mkdtemp(join(tmpdir(), 'nearkin-text-to-image-'));
const results: Result[] = [];
try {
  for (const setting of settings) {
    const start = process.cpuUsage();
    using index = await buildIndex(gallery, { ...setting.index, seed: 1 });
    const { user, system } = process.cpuUsage(start);
    const folder = join(root, setting.name);
    await saveSearcher(await composeSearcher(index, encoder), folder);
    const { partitions, search, reorder } = index.stats();
    results.push({
      ...setting,
      buildSeconds: (user + system) / 1e6,
      ...(await sizes(folder)),
      searched: `${search.partitionsToSearch} of ${partitions}${search.reorder > 0 && reorder !== 'none' ? `, ${search.reorder} again` : ''}`,
      recall: recallOf(index),
    });
    console.error(`${setting.name}: built`);
  }
  for (const result of results) result.node = await timeQueries(join(root, result.name), { rounds });
  const server = await servePage(root);
  const browser = await chromium.launch(chromiumOptions());
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    await page.waitForFunction(() => 'timeBundle' in globalThis);
    for (const result of results)
      result.chromium = await page.evaluate(([name, count]) => globalThis.timeBundle(`${name}/`, count), [
        result.name,
        rounds,
      ] as const);
  } finally {
    await browser.close();
    server.close();
  }
} finally {
  await rm(root, { recursive: true, force: true });
}

const text = report();
await writeFile(join(import.meta.dirname, '../results/text-to-image.md'), text);
console.log(text);

function recallOf(index: SearchIndex): number {
  let hits = 0;
  for (let q = 0; q < queries; q++) {
    const right = new Set(Array.from(truth.rows.subarray(q * k, (q + 1) * k), (row) => `${row}.jpg`));
    hits += index.search(vectorAt(data.queries, q), { k }).filter(({ id }) => right.has(id)).length;
  }
  return hits / (queries * k);
}

async function sizes(folder: string): Promise<{ indexBytes: number; bundleBytes: number }> {
  let [indexBytes, bundleBytes] = [0, 0];
  for (const name of await readdir(folder)) {
    const { size } = await stat(join(folder, name));
    bundleBytes += size;
    if (name.endsWith('.nearkin')) indexBytes = size;
  }
  return { indexBytes, bundleBytes };
}

function report(): string {
  const { cpu, cores, node, commit, changedSince, date, command } = provenance('pnpm text-to-image');
  const load = loadavg()[0]!;
  const ms = (value: number | undefined) => (value === undefined ? '' : value.toFixed(2));
  const lines = results.map(({ title, searched, recall, indexBytes, buildSeconds, node: here, chromium: there }) =>
    [
      title,
      searched,
      recall.toFixed(3),
      `${(indexBytes / 1e6).toFixed(1)} MB`,
      `${buildSeconds.toFixed(0)} s`,
      ms(here?.p50),
      ms(here?.encode),
      ms(here?.p95),
      ms(there?.p50),
      ms(there?.encode),
      ms(there?.p95),
      ms(there?.open),
    ].join(' | '),
  );
  return `# Words to pictures: ${rows.toLocaleString('en')} rows of ${dim} numbers from a search bundle

${cpu}, ${cores} cores, Node ${node}; commit ${commit}${changedSince ? ' with changes' : ''}, ${date}, load ${load.toFixed(1)}; \`${command}\`.${load > 1 ? ' **The machine was busy: times are upper bounds, to be taken again on an idle one.**' : ''}

From a caption of some 50 characters to ten answers, milliseconds; half of ${500 * rounds} queries are as fast (p50), 95 of 100 (p95). The text encoder has the size of the one that ships and random weights; recall is the share of the true best ten found for ${queries} vectors that lie as texts among pictures do, against every row compared. Rows are synthetic (\`ann/data/text-like.ts\`). Index: on disk, with ids and what is kept for reorder. The source reports 6 ms on a Pixel 6.

| index | partitions searched | recall@10 | index | built in (CPU) | Node p50 | of it encoding | Node p95 | Chromium p50 | of it encoding | Chromium p95 | Chromium opens it in |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${lines.map((line) => `| ${line} |`).join('\n')}
`;
}
