/**
 * What is known of the rows of a batch: a class each, several classes each (rows that share one are positive), a mask
 * of positive and negative pairs, or lists of them.
 */
export type Targets =
  | readonly number[]
  | Int32Array
  | { readonly multiHot: readonly (readonly number[])[] }
  | { readonly positives: PairMask; readonly negatives?: PairMask }
  | {
      readonly positivePairs: readonly (readonly [number, number])[];
      readonly negativePairs: readonly (readonly [number, number])[];
    };

/** Row-major, `[rows, columns]`, not 0 where the pair counts. */
export interface PairMask {
  readonly data: Uint8Array;
  readonly rows: number;
  readonly columns: number;
}
