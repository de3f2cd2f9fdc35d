import { readFile } from 'node:fs/promises';
import {
  createRng,
  type Gallery,
  NearkinError,
  readGallery,
  selectRows,
  throwIfAborted,
  type Vectors,
  vectorAt,
} from '@nearkin/core';
import { exactTopK, type TopK } from '@nearkin/kernels';
import { openIndex, type SearchIndex } from '@nearkin/searcher';
import type { BenchOptions } from '../options/bench-options.js';
import { settingsToTry, type TriedSetting } from '../search/bench-settings.js';
import { galleryOfIndex } from '../search/gallery-of-index.js';
import { counted } from '../terminal/number-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { fit } from '../terminal/text-layout.js';

type BenchJob = BenchOptions & { readonly file: string };

interface Measured extends TriedSetting {
  /** Share of the true best k that was found. */
  readonly recall: number;
  readonly queriesPerSecond: number;
}

/** `nearkin bench`: what each search setting of an index finds, and how fast. */
export async function benchIndex(job: BenchJob, terminal: Terminal): Promise<void> {
  const { file, k } = job;
  const { signal, colors } = terminal;
  using index = await openIndex(file, { signal });
  const { gallery } = galleryOfIndex(index);
  const { queries, exclude } = await drawQueries(gallery, job);
  const { metric, kind } = index.stats();
  const truth = await exactTopK({ queries, rows: gallery.vectors, k, metric, exclude, signal });
  const settings: Measured[] = [];
  const bar = terminal.progress('Searching');
  try {
    const tried = settingsToTry(index.stats());
    for (const [i, setting] of tried.entries()) {
      throwIfAborted(signal);
      settings.push(measure(index, { setting, queries, exclude, truth, gallery, k }));
      bar.onProgress({ done: i + 1, total: tried.length });
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    bar.stop();
  }
  terminal.result(
    { index: file, kind, rows: gallery.ids.length, dim: queries.dim, queries: queries.count, k, settings },
    [
      `${colors.bold(printable(file))}: ${counted(gallery.ids.length, 'row')}, ${counted(queries.count, 'query')}, recall@${k} against every row compared`,
      `  ${colors.dim(`${fit('setting', 36)}  ${`recall@${k}`.padStart(9)}  queries/s`)}`,
      ...settings.map(({ name, recall, queriesPerSecond, stored }) => {
        const line = `${fit(name, 36)}  ${recall.toFixed(4).padStart(9)}  ${Math.round(queriesPerSecond).toLocaleString('en').padStart(9)}`;
        return `  ${stored ? colors.bold(line) : line}`;
      }),
    ],
  );
}

async function drawQueries(
  gallery: Gallery,
  { gallery: file, queries: wanted, seed }: BenchJob,
): Promise<{ queries: Vectors; exclude: Int32Array | undefined }> {
  if (file !== undefined) return { queries: readGallery(await readFile(file)).vectors, exclude: undefined };
  const { vectors } = gallery;
  if (vectors.count < 2)
    throw new NearkinError('EMPTY_GALLERY', `Expected an index of at least 2 rows, got ${vectors.count}.`);
  const rows = createRng(seed).sample(vectors.count, Math.min(wanted, vectors.count));
  return { queries: selectRows(vectors, rows), exclude: Int32Array.from(rows) };
}

function measure(
  index: SearchIndex,
  options: {
    setting: TriedSetting;
    queries: Vectors;
    exclude: Int32Array | undefined;
    truth: TopK;
    gallery: Gallery;
    k: number;
  },
): Measured {
  const { setting, queries, exclude, truth, gallery, k } = options;
  // A query that is a row of the index finds itself, which is not counted.
  const search = { ...setting.search, k: exclude ? k + 1 : k };
  const ask = () => Array.from({ length: queries.count }, (_, q) => index.search(vectorAt(queries, q), search));
  const answers = ask();
  let rounds = 0;
  const start = performance.now();
  while (rounds < 3 || (performance.now() - start < 100 && rounds < 50)) {
    ask();
    rounds++;
  }
  const seconds = (performance.now() - start) / 1e3 / rounds;
  let hits = 0;
  let wanted = 0;
  answers.forEach((found, q) => {
    const itself = exclude && gallery.ids[exclude[q]!];
    const right = new Set<string>();
    for (let i = q * truth.k; i < (q + 1) * truth.k; i++)
      if (truth.rows[i]! >= 0) right.add(gallery.ids[truth.rows[i]!]!);
    wanted += right.size;
    hits += found
      .filter(({ id }) => id !== itself)
      .slice(0, k)
      .filter(({ id }) => right.has(id)).length;
  });
  return { ...setting, recall: wanted === 0 ? 1 : hits / wanted, queriesPerSecond: queries.count / seconds };
}
