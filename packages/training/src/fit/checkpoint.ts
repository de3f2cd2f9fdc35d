import { NearkinError } from '@nearkin/core';
import type { TrainableModel } from '../models/trainable-model.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { readCheckpoint, type SavedRun, writeCheckpoint } from './checkpoint-file.js';
import type { FitOptions, Validation } from './fit-options.js';
import type { RunState } from './run-state.js';
import type { StateArray } from './step-state.js';
import type { TrainingWeights } from './training-weights.js';
import type { WeightAverage } from './weight-average.js';

/** The checkpoints of one run. */
export interface Checkpoints {
  /** Step of the last one that was written or resumed. */
  readonly lastStep: number | undefined;
  write(seconds: number): Promise<void>;
  writeIfDue(every: number, seconds: number): Promise<void>;
}

/** What a checkpoint must agree with to be resumed; told apart from what may change between runs, such as rates. */
interface Facts {
  readonly architecture: unknown;
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly loss: string;
  readonly optimizer: string;
  readonly sampler: string;
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  readonly accumulate: number;
  readonly memory: string | null;
  readonly averaged: boolean;
  readonly seed: number;
}

/**
 * Prepares checkpoints, and puts the state of an earlier one into the run where that is asked for and there is one.
 *
 * @throws {NearkinError} `MODEL_MISMATCH` for one of another model, `INVALID_ARGUMENT` for one of other settings,
 *   `BAD_FORMAT`, `UNSUPPORTED_VERSION`
 */
export async function openCheckpoints(run: {
  readonly model: TrainableModel;
  readonly options: FitOptions;
  readonly optimizer: Optimizer;
  readonly weights: TrainingWeights;
  readonly average: WeightAverage | undefined;
  readonly state: RunState;
}): Promise<Checkpoints | undefined> {
  const { options, weights, state } = run;
  const { checkpoint } = options;
  if (!checkpoint) return undefined;
  const { target, everySeconds = Number.POSITIVE_INFINITY } = checkpoint;
  const facts = factsOf(run);
  let lastStep: number | undefined;
  let lastTime = performance.now();
  if (checkpoint.resume) {
    const saved = await readCheckpoint(target);
    if (saved) {
      assertSameRun(facts, saved.state['facts'] as Facts, String(target));
      restore(run, saved);
      lastStep = state.step;
    }
  }
  const write = async (seconds: number) => {
    for (const { weight, values } of weights.list)
      if (!values.every(Number.isFinite))
        throw new NearkinError(
          'NON_FINITE',
          `The weight ${weight.name} is not finite after step ${state.step}; lower the learning rate.${lastStep === undefined ? '' : ` The checkpoint of step ${lastStep} is whole.`}`,
          { details: { step: state.step, weight: weight.name } },
        );
    await writeCheckpoint(target, capture(run, facts, seconds));
    lastStep = state.step;
    lastTime = performance.now();
  };
  return {
    get lastStep() {
      return lastStep;
    },
    write,
    async writeIfDue(every, seconds) {
      if (state.step % every === 0 || performance.now() - lastTime >= everySeconds * 1000) await write(seconds);
    },
  };
}

function factsOf({ model, options, optimizer, weights, average }: Parameters<typeof openCheckpoints>[0]): Facts {
  const { sampler, loss, memory, accumulate = 1, seed = 0 } = options;
  return {
    // As JSON gives it back.
    architecture: JSON.parse(JSON.stringify(model.architecture)),
    weights: weights.list.map(({ weight: { name, variable } }) => ({ name, shape: [...variable.shape] })),
    loss: loss.name,
    optimizer: optimizer.name,
    sampler: sampler.name,
    batchSize: sampler.batchSize,
    batchesPerEpoch: sampler.batchesPerEpoch,
    accumulate,
    memory: memory?.name ?? null,
    averaged: average !== undefined,
    seed,
  };
}

function assertSameRun(wanted: Facts, saved: Facts, location: string): void {
  for (const key of Object.keys(wanted) as (keyof Facts)[]) {
    const [expected, received] = [JSON.stringify(wanted[key]), JSON.stringify(saved[key])];
    if (expected === received) continue;
    const isModel = key === 'architecture' || key === 'weights';
    throw new NearkinError(
      isModel ? 'MODEL_MISMATCH' : 'INVALID_ARGUMENT',
      isModel
        ? `The checkpoint in ${location} is of another model: its ${key} is ${shorten(received)}, expected ${shorten(expected)}. Choose another folder, or train that model.`
        : `The checkpoint in ${location} was made with ${key} ${received}, now it is ${expected}; a run goes on with the settings it began with.`,
      { details: { key, expected: wanted[key], received: saved[key] } },
    );
  }
}

function shorten(text: string | undefined): string {
  return text === undefined ? 'not told' : text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

function capture(
  { weights, average, state, options }: Parameters<typeof openCheckpoints>[0],
  facts: Facts,
  seconds: number,
): SavedRun {
  const arrays = new Map<string, StateArray>();
  const list = (prefix: string, values: readonly Float32Array[]) => {
    weights.list.forEach(({ weight: { name, variable } }, i) => {
      arrays.set(`${prefix}/${name}`, { data: values[i]!, shape: variable.shape });
    });
  };
  list(
    'weight',
    weights.list.map(({ values }) => values),
  );
  for (const slot of Object.keys(weights.list[0]?.slots ?? {}))
    list(
      `optimizer/${slot}`,
      weights.list.map(({ slots }) => slots[slot]!),
    );
  if (average) list('average', average.values);
  if (state.best) list('best', state.best.values);
  for (const key of ['loss', 'learningRate', 'gradientNorm'] as const)
    arrays.set(`history/${key}`, { data: Float64Array.from(state[key]), shape: [state[key].length] });
  for (const [owner, holder] of carriers(options))
    for (const [name, array] of Object.entries(holder.save())) arrays.set(`${owner}/${name}`, array);
  const { step, position, validations, staleValidations, stopped } = state;
  const best = state.best?.validation ?? null;
  return { arrays, state: { facts, step, position, seconds, validations, best, staleValidations, stopped } };
}

function restore({ weights, average, state, options }: Parameters<typeof openCheckpoints>[0], saved: SavedRun): void {
  const { arrays } = saved;
  const fill = (target: Float32Array, name: string) => target.set(arrays.get(name)!.data as Float32Array);
  weights.list.forEach(({ weight: { name }, values, slots }, i) => {
    fill(values, `weight/${name}`);
    for (const [slot, array] of Object.entries(slots)) fill(array, `optimizer/${slot}/${name}`);
    if (average) fill(average.values[i]!, `average/${name}`);
  });
  const read = saved.state as unknown as Pick<RunState, 'step' | 'position' | 'staleValidations' | 'stopped'> & {
    readonly seconds: number;
    readonly validations: Validation[];
    readonly best: Validation | null;
  };
  state.step = read.step;
  state.position = read.position;
  state.secondsBefore = read.seconds;
  state.staleValidations = read.staleValidations;
  state.stopped = read.stopped;
  state.validations.push(...read.validations);
  for (const key of ['loss', 'learningRate', 'gradientNorm'] as const)
    for (const value of arrays.get(`history/${key}`)!.data) state[key].push(value);
  if (read.best)
    state.best = {
      validation: read.best,
      values: weights.list.map(({ weight: { name } }) => arrays.get(`best/${name}`)!.data as Float32Array),
    };
  for (const [owner, holder] of carriers(options)) {
    const own = [...arrays].filter(([name]) => name.startsWith(`${owner}/`));
    holder.restore(Object.fromEntries(own.map(([name, array]) => [name.slice(owner.length + 1), array])));
  }
}

function carriers({ memory, loss }: FitOptions) {
  return [
    ...(memory ? [['memory', memory] as const] : []),
    ...(loss.state ? [['loss-state', loss.state] as const] : []),
  ];
}
