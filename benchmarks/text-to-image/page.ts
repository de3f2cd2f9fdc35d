import { type QueryTimes, timeQueries } from './time-queries.js';

declare global {
  /** What the run in Node calls. */
  var timeBundle: (folder: string, rounds: number) => Promise<QueryTimes>;
}

globalThis.timeBundle = (folder, rounds) => timeQueries(new URL(folder, location.href), { rounds });
