/** One judgement: how relevant an item is to a query. */
export interface TrecJudgement {
  readonly query: string;
  /** The second column, which trec_eval ignores; usually `0`. */
  readonly iteration: string;
  readonly id: string;
  /** 0 or below: not relevant. */
  readonly grade: number;
}

/** One retrieved item. */
export interface TrecResult {
  readonly query: string;
  readonly id: string;
  /** As written in the file; trec_eval ranks by score and ignores it. */
  readonly rank: number;
  readonly score: number;
  /** Name of the run. */
  readonly tag: string;
}

/** Judgements: which documents answer which topic. */
export interface TrecQrels {
  readonly kind: 'qrels';
  readonly judgements: readonly TrecJudgement[];
}

/** Ranked answers of a system. */
export interface TrecRun {
  readonly kind: 'run';
  readonly results: readonly TrecResult[];
}

/** What a TREC file holds. */
export type TrecFile = TrecQrels | TrecRun;
