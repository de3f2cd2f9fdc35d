import { prepareQueryBenchmark, type QueryBenchmark } from './query-benchmark.js';

declare global {
  /** What the task in Node calls. */
  var queryBenchmark: {
    prepare(count: number): Promise<string>;
    run(): ReturnType<QueryBenchmark['run']>;
  };
}

let benchmark: QueryBenchmark;
globalThis.queryBenchmark = {
  async prepare(count) {
    benchmark = await prepareQueryBenchmark({ count });
    return benchmark.engine;
  },
  run: () => benchmark.run(),
};
