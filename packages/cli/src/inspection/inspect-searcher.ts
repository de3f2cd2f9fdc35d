import { readFile } from 'node:fs/promises';
import {
  readSearcherIndex,
  readTfliteSearcher,
  type SearcherIndex,
  searchedPartitions,
  searcherDistance,
} from '@nearkin/tflite';
import { byteSize, counted } from '../terminal/number-text.js';
import type { Inspection } from './inspection.js';

const longestInfo = 200;

/**
 * Describes an index file for devices (`.ldb`) or a model with one inside (`.tflite`), every byte checked.
 *
 * @throws {NearkinError} `BAD_FORMAT`, `NOT_FOUND` for a model without an index, `TOO_LARGE`, `UNSUPPORTED`
 */
export async function inspectSearcher(path: string): Promise<Inspection> {
  const bytes = new Uint8Array(await readFile(path));
  const inside = path.endsWith('.tflite') ? await readTfliteSearcher(bytes) : undefined;
  const index = inside?.index ?? readSearcherIndex(bytes);
  const { config, count, width, partitionOffsets, userInfo } = index;
  const codebook = index.rows instanceof Uint8Array ? config.indexer?.codebook : undefined;
  const info = new TextDecoder().decode(userInfo.subarray(0, longestInfo));
  const partitions = partitionOffsets.length - 1;
  return {
    json: {
      kind: inside ? 'searcher model' : 'device index',
      rows: count,
      width,
      stored: index.rows instanceof Float32Array ? 'float32' : 'codes',
      dim: index.rows instanceof Float32Array ? width : codebook?.widths.reduce((a, b) => a + b, 0),
      distance: distanceOf(index),
      codebook: codebook && { blocks: codebook.widths.length, codewords: codebook.codewords, widths: codebook.widths },
      lookupType: config.indexer && (config.indexer.lookupType ?? 'float'),
      partitions,
      partitionsToSearch: searchedPartitions(index),
      partitionSizes: partitionSizes(partitionOffsets),
      userInfo: info,
      indexName: inside?.indexName,
      bytes: bytes.length,
    },
    facts: [
      ['rows', `${count.toLocaleString('en')} ${keptAs(index)}, by ${distanceOf(index)}`],
      [
        'partitions',
        partitions === 1
          ? 'none: every row is compared'
          : `${partitions}, of which ${searchedPartitions(index)} are searched`,
      ],
      ...(inside ? [['index file', inside.indexName] as const] : []),
      ...(info === '' ? [] : [['user info', info] as const]),
      ['size', byteSize(bytes.length)],
    ],
  };
}

function keptAs({ rows, width, config }: SearcherIndex): string {
  if (rows instanceof Float32Array) return `of ${width} numbers`;
  const codebook = config.indexer?.codebook;
  if (!codebook || codebook.widths.length === 0) return `of ${counted(width, 'code')}, without a codebook`;
  return `of ${counted(width, 'code')} (${codebook.codewords} codewords, ${config.indexer?.lookupType ?? 'float'} tables)`;
}

/** An index that no device searches is described all the same. */
function distanceOf(index: SearcherIndex): string {
  try {
    return searcherDistance(index);
  } catch {
    return 'unspecified';
  }
}

function partitionSizes(offsets: Uint32Array): { smallest: number; largest: number } {
  let [smallest, largest] = [Number.POSITIVE_INFINITY, 0];
  for (let p = 0; p + 1 < offsets.length; p++) {
    const size = offsets[p + 1]! - offsets[p]!;
    smallest = Math.min(smallest, size);
    largest = Math.max(largest, size);
  }
  return { smallest, largest };
}
