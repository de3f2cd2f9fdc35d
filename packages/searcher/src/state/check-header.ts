import { NearkinError } from '@nearkin/core';
import type { IndexHeader } from './index-header.js';

const largest = 2 ** 32 - 2;

/**
 * Checks that a header of unknown origin is one that this version can have written.
 *
 * @throws {NearkinError} `BAD_FORMAT` naming the field
 */
export function checkHeader(header: IndexHeader): IndexHeader {
  const h = header as Partial<Record<keyof IndexHeader, unknown>>;
  oneOf('kind', h.kind, ['flat', 'flatInt8', 'partitioned']);
  oneOf('metric', h.metric, ['cosine', 'dot', 'squaredL2']);
  oneOf('codes', h.codes, { flat: ['float32'], flatInt8: ['int8'], partitioned: ['pq4', 'pq8', 'int8'] }[header.kind]);
  oneOf('reorder', h.reorder, header.kind === 'partitioned' ? ['int8', 'bf16', 'float32', 'none'] : ['none']);
  whole('dim', h.dim, [1, 2 ** 20]);
  whole('count', h.count, [0, largest]);
  whole('partitions', h.partitions, header.kind === 'partitioned' ? [1, 2 ** 24] : [1, 1]);
  if (h.soar !== undefined) {
    if (header.kind !== 'partitioned') throw bad('soar', h.soar);
    number('soar', h.soar, 0);
  }
  if (h.copies !== undefined) whole('copies', h.copies, [0, h.soar === undefined ? 0 : header.count]);
  if (Array.isArray(h.unknownBelow)) {
    for (const pair of h.unknownBelow as unknown[]) {
      if (!Array.isArray(pair) || typeof pair[0] !== 'string') throw bad('unknownBelow', pair);
      number('unknownBelow', pair[1], Number.NEGATIVE_INFINITY);
    }
  } else if (h.unknownBelow !== undefined) number('unknownBelow', h.unknownBelow, Number.NEGATIVE_INFINITY);
  if (!Number.isSafeInteger(h.seed)) throw bad('seed', h.seed);
  if (h.modelId !== undefined && typeof h.modelId !== 'string') throw bad('modelId', h.modelId);
  if (header.codes === 'pq4' || header.codes === 'pq8') {
    whole('dimensionsPerBlock', h.dimensionsPerBlock, [1, header.dim]);
    if (typeof h.residual !== 'boolean') throw bad('residual', h.residual);
    if (h.anisotropicThreshold !== undefined) number('anisotropicThreshold', h.anisotropicThreshold, 0);
  }
  if (header.codes === 'pq4' && header.metric === 'squaredL2') {
    number('biasUnit', h.biasUnit, 0);
    number('biasBase', h.biasBase, 0);
  }
  for (const name of ['codeError', 'recallEstimate'] as const) if (h[name] !== undefined) number(name, h[name], 0);
  const search: Partial<IndexHeader['search']> | undefined = header.search;
  if (typeof search !== 'object' || search === null) throw bad('search', search);
  whole('search.partitionsToSearch', search.partitionsToSearch, [1, header.partitions]);
  whole('search.reorder', search.reorder, [0, largest]);
  if (search.partitionGap !== undefined) number('search.partitionGap', search.partitionGap, 0);
  return Object.freeze({ ...header, search: Object.freeze({ ...header.search }) });
}

function oneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value !== 'string' || !allowed.includes(value)) throw bad(name, value);
}

function whole(name: string, value: unknown, [low, high]: readonly [number, number]): void {
  if (!Number.isSafeInteger(value) || (value as number) < low || (value as number) > high) throw bad(name, value);
}

function number(name: string, value: unknown, low: number): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < low) throw bad(name, value);
}

function bad(name: string, value: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid index: its ${name} cannot be ${JSON.stringify(value)}.`, {
    details: { name, value },
  });
}
