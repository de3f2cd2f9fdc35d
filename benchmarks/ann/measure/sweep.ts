import type { TopK } from '@nearkin/kernels';
import type { DataSet } from '../data/data-set.js';
import type { Answer, Built, Query, Setting } from '../systems/system.js';
import { cpuSeconds } from './cpu-time.js';

/** Speed and recall of one system at one setting. */
export interface Point {
  readonly setting: string;
  /** Share of the true best k that was found, mean over the queries. */
  readonly recall: number;
  /** Queries per CPU second: median over the rounds. */
  readonly qps: number;
  /** Queries per second of wall time: median over the rounds. */
  readonly wallQps: number;
  /** Queries per CPU second of each round. */
  readonly rounds: readonly number[];
}

export interface SweptSystem {
  readonly name: string;
  readonly built: Built;
}

/**
 * Asks every system all queries at every setting, in rounds that alternate the systems (A B C A B C …), so that a noisy
 * moment of the machine meets them all.
 *
 * The first round is a warm-up that also measures recall; settings that another setting of the same system beats in
 * recall and clearly (by 15 %) in speed are not asked again.
 *
 * @returns points of each system, from low to high recall
 */
export async function sweep(
  systems: readonly SweptSystem[],
  { data, truth, k = 10, rounds = 5 }: { data: DataSet; truth: TopK; k?: number; rounds?: number },
): Promise<Map<string, Point[]>> {
  const runs = systems.map(({ name, built }) => ({ name, built, queries: prepare(built, data), kept: built.settings }));
  const seen = new Map<string, { setting: string; recall: number; cpu: number[]; wall: number[] }>();
  for (let round = 0; round <= rounds; round++) {
    for (const run of runs) {
      for (const setting of run.kept) {
        run.built.use(setting);
        const { answers, cpu, wall } = await ask(run, k);
        const key = `${run.name}\n${setting.name}`;
        if (round === 0) {
          const recall = recallOf(answers.map(run.built.rowsOf), { truth, k });
          seen.set(key, { setting: setting.name, recall, cpu: [cpu], wall: [wall] });
          continue;
        }
        const entry = seen.get(key)!;
        if (round === 1) entry.cpu.length = entry.wall.length = 0;
        entry.cpu.push(cpu);
        entry.wall.push(wall);
      }
      if (round === 0) run.kept = worthRepeating(run.kept, (setting) => seen.get(`${run.name}\n${setting.name}`)!);
    }
  }
  return new Map(
    runs.map(({ name, kept }) => {
      const points = kept.map((setting) => {
        const { recall, cpu, wall } = seen.get(`${name}\n${setting.name}`)!;
        const speeds = cpu.map((seconds) => 1 / seconds);
        return {
          setting: setting.name,
          recall,
          qps: median(speeds),
          wallQps: median(wall.map((s) => 1 / s)),
          rounds: speeds,
        };
      });
      return [name, points.sort((a, b) => a.recall - b.recall || b.qps - a.qps)] as const;
    }),
  );
}

interface Run {
  readonly built: Built;
  readonly queries: readonly Query[];
}

function prepare(built: Built, { queries }: DataSet): readonly Query[] {
  return built.prepare(queries).slice(0, built.queriesAtMost);
}

/** Seconds are those of one query. */
async function ask({ built, queries }: Run, k: number): Promise<{ answers: Answer[]; cpu: number; wall: number }> {
  const answers = new Array<Answer>(queries.length);
  const wall = performance.now();
  const cpu = cpuSeconds();
  for (let q = 0; q < queries.length; q++) {
    const answer = built.search(queries[q], k);
    answers[q] = answer instanceof Promise ? await answer : answer;
  }
  const seconds = cpuSeconds() - cpu;
  return { answers, cpu: seconds / queries.length, wall: (performance.now() - wall) / 1e3 / queries.length };
}

function worthRepeating(
  settings: readonly Setting[],
  resultOf: (setting: Setting) => { recall: number; cpu: readonly number[] },
): readonly Setting[] {
  const results = settings.map(resultOf);
  return settings.filter((_, i) => {
    const { recall, cpu } = results[i]!;
    return !results.some((other) => other.recall >= recall && other.cpu[0]! * 1.15 < cpu[0]!);
  });
}

/** Share of the true best k found, mean over the queries that were answered. */
export function recallOf(found: readonly ArrayLike<number>[], { truth, k }: { truth: TopK; k: number }): number {
  let hits = 0;
  let wanted = 0;
  found.forEach((rows, q) => {
    const right = new Set(truth.rows.subarray(q * truth.k, q * truth.k + Math.min(k, truth.k)));
    right.delete(-1);
    wanted += right.size;
    for (let i = 0; i < Math.min(rows.length, k); i++) if (right.has(rows[i]!)) hits++;
  });
  return wanted === 0 ? 1 : hits / wanted;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The fastest point that reaches a recall: no interpolation between points. */
export function fastestAt(points: readonly Point[], recall: number): Point | undefined {
  return points.filter((point) => point.recall >= recall).sort((a, b) => b.qps - a.qps)[0];
}
