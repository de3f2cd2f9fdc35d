import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vectorAt } from '@nearkin/core';
import {
  type BuildIndexOptions,
  buildIndex,
  type Hit,
  type SearchIndex,
  type SearchOptions,
  saveIndex,
} from '@nearkin/searcher';
import { type DataSet, galleryOf } from '../data/data-set.js';
import { cpuSeconds } from '../measure/cpu-time.js';
import type { Built, Setting, System } from './system.js';

export type NearkinOptions = Pick<BuildIndexOptions, 'kind' | 'codes' | 'reorder' | 'partitions'>;

/** Our own index of one kind. Ids are row numbers as text, answers are the hits a caller gets. */
export function nearkin(name: string, options: NearkinOptions = {}): System {
  return {
    name: `nearkin ${name}`,
    package: '@nearkin/searcher',
    async build(data) {
      const { index, buildCpuSeconds } = await buildNearkin(data, options);
      const { partitions, bytes, search: stored } = index.stats();
      let search: SearchOptions = {};
      return {
        buildCpuSeconds,
        memoryBytes: bytes,
        fileBytes: await savedBytes(index),
        settings: settingsFor({
          partitions,
          reorder: options.reorder !== 'none' && options.kind === 'partitioned',
          gap: stored.partitionGap,
        }),
        // Each query of a flat index reads every row: fewer say as much.
        ...(options.kind === 'flat' ? { queriesAtMost: 100 } : {}),
        prepare: (queries) => Array.from({ length: queries.count }, (_, q) => vectorAt(queries, q)),
        use(setting) {
          search = (setting as NearkinSetting).search;
        },
        search: (query, k) => index.search(query as Float32Array, { ...search, k }),
        rowsOf: (answer) => (answer as Hit[]).map(({ id }) => Number(id)),
        dispose: () => index.dispose(),
      } satisfies Built;
    },
  };
}

/** Builds with one thread, and says what it took. */
export async function buildNearkin(
  data: DataSet,
  options: NearkinOptions & Pick<BuildIndexOptions, 'targetRecall' | 'shared'>,
) {
  const gallery = galleryOf(data);
  const start = cpuSeconds();
  const index = await buildIndex(gallery, { ...options, metric: data.metric, seed: 1 });
  return { index, buildCpuSeconds: cpuSeconds() - start };
}

interface NearkinSetting extends Setting {
  readonly search: SearchOptions;
}

/** Fixed numbers of partitions, and gaps from a quarter to four times the one that the build found on its own rows. */
function settingsFor({
  partitions,
  reorder,
  gap,
}: {
  partitions: number;
  reorder: boolean;
  gap: number | undefined;
}): NearkinSetting[] {
  if (partitions <= 1) return [{ name: 'exact scan', search: {} }];
  const searched = [1, 2, 3, 4, 6, 8, 11, 16, 22, 32, 45, 64, 90, 128, 181, 256].filter((count) => count <= partitions);
  const candidates = reorder ? [16, 24, 32, 48, 64, 100, 150, 250] : [0];
  const gaps =
    gap === undefined ? [] : Array.from({ length: 13 }, (_, i) => Number((gap * 2 ** ((i - 6) / 3)).toPrecision(3)));
  const widths: { name: string; search: SearchOptions }[] = [
    ...searched.map((partitionsToSearch) => ({
      name: `partitions ${partitionsToSearch}`,
      search: { partitionsToSearch },
    })),
    ...gaps.map((partitionGap) => ({
      name: `gap ${partitionGap}`,
      search: { partitionsToSearch: Math.min(partitions, 128), partitionGap },
    })),
  ];
  return widths.flatMap(({ name, search }) =>
    candidates.map((count) => ({
      name: `${name}${reorder ? `, reorder ${count}` : ''}`,
      search: { ...search, reorder: count },
    })),
  );
}

async function savedBytes(index: SearchIndex): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'nearkin-ann-'));
  const path = join(folder, 'size.nearkin');
  try {
    await saveIndex(index, path);
    return statSync(path).size;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
