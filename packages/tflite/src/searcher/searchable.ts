import { NearkinError } from '@nearkin/core';
import type { SearcherConfig } from './searcher-config.js';
import type { SearcherIndex } from './searcher-index.js';

/** Numbers of a query: of a row of vectors, or of what its codes stand for. */
export function dimensionOf({ rows, width, config }: SearcherIndex): number {
  if (rows instanceof Float32Array) return width;
  return config.indexer?.codebook.widths.reduce((a, b) => a + b, 0) ?? 0;
}

/**
 * The distance between a query and rows of vectors: what the settings say at the top, else the indexer's, else the
 * partitioner's. Codes have a distance of their own, and so have partitions.
 *
 * @throws {NearkinError} `UNSUPPORTED` when there is none, or two that differ
 */
export function rowDistanceOf({ distance, indexer, partitioner }: SearcherConfig): 'squaredL2' | 'dot' {
  if (distance === 'squaredL2' || distance === 'dot') return distance;
  const spare = indexer ? (indexer.distance ?? 'squaredL2') : partitioner && (partitioner.distance ?? 'squaredL2');
  if (spare === undefined && distance === undefined) return 'squaredL2';
  if (spare === undefined || spare === 'unspecified') throw refused('it does not say how to compare');
  if (partitioner && (partitioner.distance ?? 'squaredL2') !== spare)
    throw refused(`rows are compared by ${spare} and partitions by ${partitioner.distance ?? 'squaredL2'}`);
  return spare;
}

/**
 * What distances of an index are.
 *
 * @throws {NearkinError} `UNSUPPORTED` when it does not say, or two things that differ
 */
export function searcherDistance({ rows, config }: SearcherIndex): 'squaredL2' | 'dot' {
  if (rows instanceof Float32Array) return rowDistanceOf(config);
  const distance = config.indexer?.distance ?? 'squaredL2';
  if (distance === 'unspecified') throw refused('it does not say how to compare codes');
  return distance;
}

/**
 * Checks what the Task Library checks before it searches, and what it takes for granted.
 *
 * @throws {NearkinError} `UNSUPPORTED` saying why no device searches the index
 */
export function assertSearchable(index: SearcherIndex): void {
  const { rows, config, partitionOffsets } = index;
  const { indexer, partitioner } = config;
  if (rows instanceof Float32Array) {
    if (indexer) throw refused('its rows are vectors, and yet it has a codebook');
  } else {
    if (!indexer || indexer.codebook.widths.length === 0) throw refused('its rows are codes without a codebook');
    if (indexer.lookupType === 'int8Lut16') throw refused('its lookup type int8Lut16 has no runtime');
  }
  rowDistanceOf(config);
  searcherDistance(index);
  if (!partitioner) {
    if (partitionOffsets.length !== 2) throw refused('it has several partitions, but no centroids to choose by');
    return;
  }
  const { leaves, searchFraction = 1 } = partitioner;
  if (!leaves) throw refused('its partitions have no centroids');
  if (leaves.dim !== dimensionOf(index))
    throw refused(`its centroids have ${leaves.dim} numbers, its rows ${dimensionOf(index)}`);
  if (!(searchFraction >= 0)) throw refused(`it searches the share ${searchFraction} of its partitions`);
}

function refused(reason: string): NearkinError {
  return new NearkinError('UNSUPPORTED', `No device searches this index: ${reason}.`, { details: { reason } });
}
