import { adamW } from '@nearkin/training';
import type * as tf from '@tensorflow/tfjs';
import { openTrainingWeights } from '../../training/src/fit/training-weights.js';
import { weightAverage } from '../../training/src/fit/weight-average.js';
import { createTowers } from './open-run.js';
import { readArrays, writeArrays } from './run-files.js';

const decay = 0.998;
/** Steps between additions to the table's mean: it is large. */
const tableEvery = 10;

/** Weights, optimiser and running means of a run. */
export async function openStarterRun(options: {
  readonly layers: string;
  readonly rate: number;
  readonly seed: number;
}) {
  const { image, text } = createTowers({ layers: options.layers, dim: 128, seed: options.seed });
  const optimizer = adamW({ learningRate: options.rate, beta2: 0.98, weightDecay: 0.05 });
  const weights = await openTrainingWeights([...image.weights, ...text.weights], optimizer);
  const values = weights.list.map((entry) => entry.values);
  const average = weightAverage(values, decay);
  const tableAverage = text.table.values.slice();
  const run = {
    parts: { image, text, weights },
    step: 0,
    /** Of training, before a resumption. */
    seconds: 0,
    /** Moves all but the table. */
    async update(grads: tf.NamedTensorMap, factor: number): Promise<void> {
      await weights.add(
        Object.fromEntries(weights.list.map(({ weight }) => [weight.name, grads[weight.variable.name]!])),
      );
      run.step++;
      weights.update({
        optimizer,
        learningRate: options.rate * factor,
        update: run.step,
        batches: 1,
        clip: undefined,
      });
      weights.show();
      average.add(values, run.step);
      if (run.step % tableEvery !== 0) return;
      const kept = Math.min(decay, (1 + run.step) / (10 + run.step)) ** tableEvery;
      const { values: table } = text.table;
      for (let i = 0; i < table.length; i++) tableAverage[i] = kept * tableAverage[i]! + (1 - kept) * table[i]!;
    },
    /** Calls `look` while the towers have the means. */
    withAverage<T>(look: () => T): T {
      const { values: table } = text.table;
      const own = table.slice();
      weights.show(average.values);
      table.set(tableAverage);
      const seen = look();
      weights.show();
      table.set(own);
      return seen;
    },
    async saveAverage(path: string): Promise<void> {
      const named = weights.list.map(({ weight }, i) => [weight.name, average.values[i]!] as const);
      await writeArrays(path, { table: tableAverage, ...Object.fromEntries(named) });
    },
    async saveCheckpoint(path: string, seconds: number): Promise<void> {
      const { values: table, squares } = text.table.save();
      const arrays: Record<string, Float32Array> = {
        table: table!.data as Float32Array,
        squares: squares!.data as Float32Array,
        averageTable: tableAverage,
        progress: Float32Array.of(run.step, seconds),
      };
      weights.list.forEach(({ weight, slots }, i) => {
        arrays[weight.name] = values[i]!;
        arrays[`${weight.name}:average`] = average.values[i]!;
        for (const [slot, state] of Object.entries(slots)) arrays[`${weight.name}:${slot}`] = state;
      });
      await writeArrays(path, arrays);
    },
    async restore(path: string): Promise<void> {
      const array = await readArrays(path);
      text.table.restore({
        values: { data: array('table'), shape: [] },
        squares: { data: array('squares'), shape: [] },
      });
      tableAverage.set(array('averageTable'));
      weights.list.forEach(({ weight, slots }, i) => {
        values[i]!.set(array(weight.name));
        average.values[i]!.set(array(`${weight.name}:average`));
        for (const [slot, state] of Object.entries(slots)) state.set(array(`${weight.name}:${slot}`));
      });
      weights.show();
      [run.step = 0, run.seconds = 0] = array('progress');
    },
  };
  return run;
}
