import { type IndexStats, inspectFile } from '@nearkin/searcher';
import { byteSize, counted, percent } from '../terminal/number-text.js';
import type { Inspection } from './inspection.js';

type Described = Omit<IndexStats, 'engine' | 'bytes'>;

/**
 * Describes an index file, every byte checked.
 *
 * @throws {NearkinError} `BAD_FORMAT` when its header is damaged, `UNSUPPORTED_VERSION`, `IO_ERROR`, `ABORTED`
 */
export async function inspectIndex(path: string, { signal }: { signal: AbortSignal }): Promise<Inspection> {
  const report = await inspectFile(path, { signal });
  const damaged = report.sections.filter(({ intact }) => intact === false).map(({ name }) => name);
  return {
    json: {
      kind: 'index',
      version: report.version,
      index: report.index,
      sections: report.sections,
      log: report.log ?? null,
      generation: report.generation,
      bytes: report.fileBytes,
      intact: report.intact,
    },
    facts: [
      ...indexFacts(report.index),
      ['size', byteSize(report.fileBytes)],
      ...(report.log
        ? [
            [
              'log',
              `${counted(report.log.changes, 'change')} not yet folded in, ${byteSize(report.log.bytes)}`,
            ] as const,
          ]
        : []),
      ['checksums', report.intact ? 'every byte as written' : `DAMAGED: ${damaged.join(', ') || 'the log'}`],
    ],
  };
}

/** What an index is, for people. */
export function indexFacts(index: Described): (readonly [name: string, value: string])[] {
  const { kind, count, dim, metric, partitions, codes, reorder, search } = index;
  const kept =
    kind === 'partitioned'
      ? `${counted(partitions, 'partition')} of ${codes} codes, ${reorder === 'none' ? 'nothing scored again' : `the best scored again with ${reorder} rows`}`
      : `every row compared, as ${codes}`;
  return [
    ['rows', `${count.toLocaleString('en')} of ${dim} numbers, by ${metric}`],
    ['kind', `${kind}: ${kept}`],
    ...(kind === 'partitioned'
      ? [
          [
            'a search',
            `${search.partitionGap === undefined ? '' : 'up to '}${counted(search.partitionsToSearch, 'partition')}${search.partitionGap === undefined ? '' : ` within ${search.partitionGap} of the best`}, ${counted(search.reorder, 'candidate')}`,
          ] as const,
        ]
      : []),
    ...(index.recallEstimate === undefined
      ? []
      : [['recall@10', `${percent(index.recallEstimate)} on sampled rows`] as const]),
    ['embedder', index.modelId ?? 'not named'],
  ];
}
