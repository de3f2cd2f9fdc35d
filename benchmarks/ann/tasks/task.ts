/** One part of the benchmark: measured on its own, in a process of its own. */
export interface Task<Result = unknown> {
  /** Also the name of its file in results/. */
  readonly name: string;
  /** @returns plain JSON values */
  run(options: TaskOptions): Promise<Result>;
  report(result: Result): TaskReport;
}

export interface TaskOptions {
  /** Small data and few rounds: to see that everything runs, not for figures. */
  readonly quick: boolean;
  readonly rounds: number;
  log(text: string): void;
}

export interface TaskReport {
  readonly title: string;
  readonly lines: readonly string[];
  readonly charts?: readonly { readonly name: string; readonly svg: string }[];
}

/** A task whatever its result is: what it reported is given back to it. */
export type AnyTask = {
  readonly name: string;
  run(options: TaskOptions): Promise<unknown>;
  report(result: never): TaskReport;
};
