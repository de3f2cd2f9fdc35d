import { NearkinError } from '@nearkin/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import type { MinedPairs } from '../miners/miner.js';
import type { BatchPosition, BatchStream } from './batch-stream.js';
import type { CollapseMonitor, CollapseReport } from './collapse-monitor.js';
import type { FitOptions } from './fit-options.js';
import type { GradientEngine } from './gradient-engine.js';
import type { RunState } from './run-state.js';
import { stepSeed } from './step-seed.js';
import type { TrainingWeights } from './training-weights.js';

/** What one step learned before the weights move. */
export interface StepOutcome {
  /** Mean over the batches of the step. */
  readonly loss: number;
  readonly allFinite: boolean;
  readonly samples: number;
  readonly after: BatchPosition;
  readonly collapse: CollapseReport | undefined;
}

/** Reads the batches of one step and gathers their gradients in the weights. */
export async function stepGradients(run: {
  readonly stream: BatchStream;
  readonly engine: GradientEngine;
  readonly weights: TrainingWeights;
  readonly state: RunState;
  readonly seed: number;
  readonly accumulate: number;
  readonly dim: number;
  readonly monitor: CollapseMonitor | undefined;
  readonly options: Pick<FitOptions, 'loss' | 'miner' | 'memory'>;
}): Promise<StepOutcome> {
  const { stream, engine, weights, state, seed, accumulate, dim, monitor, options } = run;
  const { loss, miner, memory } = options;
  let sum = 0;
  let allFinite = true;
  let samples = 0;
  let after = state.position;
  let collapse: CollapseReport | undefined;
  for (let i = 0; i < accumulate && allFinite; i++) {
    const { inputs, labels, after: next } = await stream.next();
    const lossSeed = stepSeed(seed, next.total, 'loss');
    let mined: MinedPairs | undefined;
    const lossOf = (embeddings: Tensor2D): Scalar => {
      const reference = memory?.next(embeddings, labels);
      mined = miner?.mine(embeddings, labels, { reference, seed: lossSeed });
      const value = loss.compute(embeddings, labels, { mined, reference, seed: lossSeed });
      if (value.size !== 1)
        throw new NearkinError(
          'INVALID_ARGUMENT',
          `Expected ${loss.name} to give one number for a batch, got ${value.size}; choose another reduction than 'none'.`,
          { details: { loss: loss.name, shape: value.shape } },
        );
      return value as Scalar;
    };
    const seedOfForward = stepSeed(seed, next.total, 'forward');
    const learning = engine.compute(inputs, lossOf, { seed: seedOfForward, lossWeights: loss.weights });
    stream.loadAhead();
    const found = await learning
      .catch((error: unknown) => {
        // Losses and miners refuse embeddings that are no numbers before they give a loss.
        if (error instanceof NearkinError && error.code === 'NON_FINITE') return undefined;
        throw error;
      })
      .finally(() => inputs.dispose());
    if (!found) return { loss: Number.NaN, allFinite: false, samples, after: next, collapse };
    const areFinite = await weights.add(found.gradients);
    allFinite &&= areFinite && Number.isFinite(found.loss);
    sum += found.loss;
    samples += labels.length;
    after = next;
    const { embeddings } = found;
    if (monitor && allFinite)
      collapse =
        monitor.observe({
          step: state.step + 1,
          loss: found.loss,
          embeddings,
          dim,
          labels,
          mined,
          collapsedValue: loss.collapsedValue,
        }) ?? collapse;
  }
  return { loss: sum / accumulate, allFinite, samples, after, collapse };
}
