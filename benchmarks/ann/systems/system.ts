import type { Vectors } from '@nearkin/core';
import type { DataSet } from '../data/data-set.js';

/** A value of a system's search-time parameters, as the tables show it: `ef 40`, `partitions 16, reorder 50`. */
export interface Setting {
  readonly name: string;
}

/** One library, or one kind of index of it. */
export interface System {
  /** As tables name it, with the build's parameters. */
  readonly name: string;
  /** Name and version of the package. */
  readonly package: string;
  /**
   * Builds an index of the data's rows with one thread.
   *
   * @returns undefined where the system cannot hold such data
   */
  build(data: DataSet): Promise<Built | undefined>;
}

export interface Built {
  readonly buildCpuSeconds: number;
  /** Set when the index was not built now, but kept from an earlier run on this machine. */
  readonly builtEarlier?: boolean;
  /** Bytes of the index in memory as the system counts or allocates them; null where it cannot say. */
  readonly memoryBytes: number | null;
  /** Bytes of the index on disk; null where it has no file format. */
  readonly fileBytes: number | null;
  /** From fast to accurate. */
  readonly settings: readonly Setting[];
  /** Queries in the form that the system likes best: converted before the clock starts. */
  prepare(queries: Vectors): readonly Query[];
  use(setting: Setting): void;
  /** One query, with whatever the system's caller gets as the answer. */
  search(query: Query, k: number): Answer | Promise<Answer>;
  /** The row numbers of an answer, best first; after the clock has stopped. */
  rowsOf(answer: Answer): ArrayLike<number>;
  /** Answers of the last queries only: slow systems are asked fewer. */
  readonly queriesAtMost?: number;
  dispose(): void;
}

/** Each system's own. */
export type Query = unknown;
export type Answer = unknown;
