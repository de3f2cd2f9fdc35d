import { NearkinError } from '@nearkin/core';
import { readCheckpoint, type SavedRun, writeCheckpoint } from '../fit/checkpoint-file.js';
import type { Validation } from '../fit/fit-options.js';
import type { RunState } from '../fit/run-state.js';
import type { StateArray, StepState } from '../fit/step-state.js';
import type { TrainingWeights } from '../fit/training-weights.js';
import type { WeightAverage } from '../fit/weight-average.js';
import type { EmbeddingBag } from '../models/embedding-bag.js';
import type { DualEncoderOptions } from './dual-options.js';

/** All of a run that a checkpoint holds. */
export interface DualRun {
  /** What must be the same when a run goes on. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly weights: TrainingWeights;
  /** Of weights, then of tables. */
  readonly average: WeightAverage | undefined;
  readonly tables: readonly { readonly name: string; readonly table: EmbeddingBag }[];
  readonly state: RunState;
}

export interface DualCheckpoints {
  readonly lastStep: number | undefined;
  write(seconds: number): Promise<void>;
  writeIfDue(every: number, seconds: number): Promise<void>;
}

/**
 * Prepares checkpoints, and puts the state of an earlier one into the run where that is asked for and there is one.
 *
 * @throws {NearkinError} `MODEL_MISMATCH` for one of another model, `INVALID_ARGUMENT` for one of other settings,
 *   `BAD_FORMAT`, `UNSUPPORTED_VERSION`
 */
export async function openDualCheckpoints(
  run: DualRun,
  options: DualEncoderOptions<never>['checkpoint'],
): Promise<DualCheckpoints | undefined> {
  if (!options) return undefined;
  const { target, everySeconds = Number.POSITIVE_INFINITY, resume = false } = options;
  const saved = resume ? await readCheckpoint(target) : undefined;
  if (saved) restore(run, saved, String(target));
  let lastStep = saved ? run.state.step : undefined;
  let lastTime = performance.now();
  const write = async (seconds: number) => {
    await writeCheckpoint(target, capture(run, seconds));
    lastStep = run.state.step;
    lastTime = performance.now();
  };
  return {
    get lastStep() {
      return lastStep;
    },
    write,
    async writeIfDue(every, seconds) {
      const isLate = performance.now() - lastTime >= everySeconds * 1000;
      if (run.state.step % every === 0 || isLate) await write(seconds);
    },
  };
}

/** Names and current values of everything that learns: weights, then tables. */
export function learnedArrays({ weights, tables }: Pick<DualRun, 'weights' | 'tables'>) {
  return [
    ...weights.list.map(({ weight, values }) => ({ name: weight.name, values })),
    ...tables.map(({ name, table }) => ({ name, values: table.values })),
  ];
}

function capture(run: DualRun, seconds: number): SavedRun {
  const { facts, weights, average, tables, state } = run;
  const arrays = new Map<string, StateArray>();
  const put = (name: string, data: StateArray['data']) => arrays.set(name, { data, shape: [data.length] });
  const learned = learnedArrays(run);
  for (const { name, values } of learned) put(`value/${name}`, values);
  for (const { weight, slots } of weights.list)
    for (const [slot, values] of Object.entries(slots)) put(`optimizer/${slot}/${weight.name}`, values);
  for (const [name, carrier] of carriers(tables))
    for (const [key, array] of Object.entries(carrier.save())) arrays.set(`${name}/${key}`, array);
  learned.forEach(({ name }, i) => {
    if (average) put(`average/${name}`, average.values[i]!);
    if (state.best) put(`best/${name}`, state.best.values[i]!);
  });
  for (const key of ['loss', 'learningRate', 'gradientNorm'] as const)
    put(`history/${key}`, Float64Array.from(state[key]));
  const { step, validations, staleValidations, stopped } = state;
  const best = state.best?.validation ?? null;
  return { arrays, state: { facts, step, seconds, validations, best, staleValidations, stopped } };
}

function restore(run: DualRun, saved: SavedRun, where: string): void {
  const { weights, average, tables, state } = run;
  assertSame(run.facts, saved.state['facts'], where);
  const data = (name: string) => saved.arrays.get(name)!.data;
  for (const { weight, values, slots } of weights.list) {
    values.set(data(`value/${weight.name}`));
    for (const [slot, own] of Object.entries(slots)) own.set(data(`optimizer/${slot}/${weight.name}`));
  }
  for (const [name, carrier] of carriers(tables)) {
    const own = [...saved.arrays].filter(([key]) => key.startsWith(`${name}/`));
    carrier.restore(Object.fromEntries(own.map(([key, array]) => [key.slice(name.length + 1), array])));
  }
  const learned = learnedArrays(run);
  if (average)
    learned.forEach(({ name }, i) => {
      average.values[i]!.set(data(`average/${name}`) as Float32Array);
    });
  const read = saved.state as unknown as Pick<RunState, 'step' | 'staleValidations' | 'stopped'> & {
    readonly seconds: number;
    readonly validations: readonly Validation[];
    readonly best: Validation | null;
  };
  state.step = read.step;
  state.secondsBefore = read.seconds;
  state.staleValidations = read.staleValidations;
  state.stopped = read.stopped;
  state.validations.push(...read.validations);
  for (const key of ['loss', 'learningRate', 'gradientNorm'] as const) state[key].push(...data(`history/${key}`));
  if (read.best)
    state.best = {
      validation: read.best,
      values: learned.map(({ name }) => data(`best/${name}`) as Float32Array),
    };
}

function carriers(tables: DualRun['tables']): [string, StepState][] {
  return tables.map(({ name, table }) => [`table/${name}`, table]);
}

function assertSame(wanted: DualRun['facts'], given: unknown, where: string): void {
  const saved = (given ?? {}) as Record<string, unknown>;
  for (const [key, value] of Object.entries(wanted)) {
    const [expected, received] = [JSON.stringify(value), JSON.stringify(saved[key])];
    if (expected === received) continue;
    const isModel = key === 'image' || key === 'text';
    throw new NearkinError(
      isModel ? 'MODEL_MISMATCH' : 'INVALID_ARGUMENT',
      `The checkpoint in ${where} was made with ${key} ${received?.slice(0, 160)}, now it is ${expected.slice(0, 160)}; a run goes on with what it began with, or begins in another folder.`,
      { details: { key, expected: value, received: saved[key] ?? null } },
    );
  }
}
