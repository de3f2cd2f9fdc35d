import { NearkinError } from '@nearkin/core';
import type { IndexState } from '../state/index-state.js';

/** Rows that may be found; with several conditions a row must meet all. */
export interface Filter {
  /** Only these ids; unknown ones are ignored. */
  readonly ids?: Iterable<string> | undefined;
  /** Only rows with one of these labels. */
  readonly labels?: Iterable<string> | undefined;
  /** Only rows that this says yes to. Asked once a row and filter object, not once a query: it must not change its mind. */
  readonly where?: ((metadata: unknown, row: { readonly id: string; readonly label: string }) => boolean) | undefined;
}

/** A filter as the kernels read it. */
export interface CompiledFilter {
  /** Numbers of the rows that pass, rising. */
  readonly rows: readonly number[];
  /** Offset of a bitset over row numbers. */
  readonly mask: number;
}

/** Remembers the last filter: a caller who passes the same object again pays once. */
export interface FilterCache {
  compile(filter: Filter): CompiledFilter;
  clear(): void;
}

export function createFilterCache(state: IndexState): FilterCache {
  const { memory } = state.kernels;
  let last: { filter: Filter; version: number; compiled: CompiledFilter } | undefined;
  const clear = () => {
    if (last) memory.free(last.compiled.mask);
    last = undefined;
  };
  return {
    clear,
    compile(filter) {
      if (last?.filter === filter && last.version === state.rows.version) return last.compiled;
      const rows = passingRows(state, filter);
      clear();
      const bytes = Math.ceil((state.rows.end + 8) / 8);
      const mask = memory.allocate(bytes);
      const bits = memory.u8(mask, bytes).fill(0);
      for (const row of rows) bits[row >> 3] = bits[row >> 3]! | (1 << (row & 7));
      const compiled = { rows, mask };
      last = { filter, version: state.rows.version, compiled };
      return compiled;
    },
  };
}

function passingRows({ rows }: IndexState, { ids, labels, where }: Filter): number[] {
  if (where !== undefined && typeof where !== 'function')
    throw new NearkinError('INVALID_ARGUMENT', `Expected filter.where to be a function, got ${typeof where}.`);
  let passing: number[] | undefined;
  if (ids) passing = [...new Set(ids)].map((id) => rows.find(id)).filter((row) => row !== undefined);
  if (labels) {
    const wanted = new Set(labels);
    if (passing) passing = passing.filter((row) => wanted.has(rows.label(row)));
    else passing = [...wanted].flatMap((label) => rows.rowsOf(label));
  }
  passing ??= rows.rows();
  if (where)
    passing = passing.filter((row) => where(rows.metadata(row), { id: rows.id(row)!, label: rows.label(row) }));
  return passing.sort((a, b) => a - b);
}
