import { type JobOptions, NearkinError } from '@nearkin/core';
import type { Filter } from './filter.js';

export interface SearchOptions {
  /** How many rows to find. Default 10; more than there are gives all. */
  readonly k?: number | undefined;
  /** Best partitions that are scanned, at most; more is slower and finds more. Default: the index's own. */
  readonly partitionsToSearch?: number | undefined;
  /**
   * Leaves out partitions that rank farther than this behind the best one: easy queries then look into few partitions,
   * hard ones into many. In cosines, dot products of a query of length 1, or halves of squared distances. Default: the
   * index's own, or no limit where `partitionsToSearch` is given.
   */
  readonly partitionGap?: number | undefined;
  /** Candidates that are scored again by finer rows. Default: the index's own, raised with k. */
  readonly reorder?: number | undefined;
  /** Which rows may be found. */
  readonly filter?: Filter | undefined;
  /** At most so many rows of a label; rows without a label are not limited. */
  readonly diversify?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SearchBatchOptions extends SearchOptions, JobOptions {
  /**
   * Threads; `auto` for one a core. Default 1. More than one needs an index that was built or opened with `shared`; they
   * start with the first batch and wait for the next until the index is disposed. Searches with
   * `diversify`, and with a filter that few rows pass, run on the calling thread. Change the index only after the batch is done.
   */
  readonly workers?: number | 'auto' | undefined;
}

/** One row that was found. */
export interface Hit {
  readonly id: string;
  /** Similarity, higher is better: cosine, dot product, or minus the squared distance. */
  readonly score: number;
  /** Left out when the row has none. */
  readonly label?: string;
  /** Left out when the row has none. */
  readonly metadata?: unknown;
}

/** @throws {NearkinError} `INVALID_ARGUMENT` */
export function checkSearchOptions(options: SearchOptions): void {
  check('k', options.k, 0);
  check('partitionsToSearch', options.partitionsToSearch, 1);
  check('reorder', options.reorder, 0);
  check('diversify', options.diversify, 1);
  const filter: unknown = options.filter;
  if (filter !== undefined && (typeof filter !== 'object' || filter === null))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected filter to be { ids, labels, where }, got a ${typeof filter}.`,
      {
        details: { name: 'filter' },
      },
    );
  const gap = options.partitionGap;
  if (gap !== undefined && !(gap >= 0))
    throw new NearkinError('INVALID_ARGUMENT', `Expected partitionGap to be a number of at least 0, got ${gap}.`, {
      details: { name: 'partitionGap', value: gap },
    });
}

function check(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new NearkinError(
    'INVALID_ARGUMENT',
    `Expected ${name} to be a whole number of at least ${least}, got ${value}.`,
    {
      details: { name, value },
    },
  );
}
