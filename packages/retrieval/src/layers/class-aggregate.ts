import { NearkinError } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import type { Aggregation } from '../matching/aggregation.js';
import {
  type CallArguments,
  freshName,
  type LayerInput,
  type LayerShape,
  onlyShape,
  onlyTensor,
} from './layer-call.js';

export interface ClassAggregateConfig {
  readonly name?: string;
  readonly aggregation: Aggregation;
  /** `[classes, slots]` for each bucket: its rows stand class by class, each class with `slots` of them. */
  readonly buckets: readonly (readonly number[])[];
  readonly m?: number;
  readonly temperature?: number;
  /** Whether classes leave the buckets in another order than they should come out. */
  readonly reorder?: boolean;
}

type Variable = ReturnType<layers.Layer['addWeight']>;

/** Lower than any cosine: where padding goes before the best rows are picked. */
const belowAll = 4;

/**
 * Row scores `[batch, rows]` to class scores `[batch, classes]`; see {@link Aggregation} for the definitions.
 *
 * Rows are sorted by class; a class is padded to the next power of two and stands in the bucket of that size, so that
 * the number of ops depends on the number of buckets (at most 1 + log2 of the largest class), never on the number of
 * classes. Padding repeats a row of the class and has no share in means, picks and votes.
 *
 * Weights, by `setWeights`, in this order, as far as the aggregation has them: `share` `[rows]` (1 / rows of the class
 * for `mean`; 1 for `topM` and `softmax`; 0 for padding), `best_share` (for `topM`: 1 / min(m, rows of the class) for
 * each picked row of each class), `order` `[classes]` int32 (with `reorder`: where in the buckets each class stands).
 * A saved classifier holds them filled in.
 */
export class ClassAggregate extends layers.Layer {
  static readonly className = 'Nearkin>ClassAggregate';

  readonly aggregation: Aggregation;
  readonly buckets: readonly (readonly number[])[];
  readonly m: number;
  readonly temperature: number;
  readonly reorder: boolean;
  #share: Variable | undefined;
  #bestShare: Variable | undefined;
  #order: Variable | undefined;

  constructor(config: ClassAggregateConfig) {
    const { aggregation, buckets, m = 3, temperature = 0.07, reorder = false, ...rest } = config;
    super({ name: freshName('nearkin_class_aggregate'), ...rest, trainable: false });
    this.aggregation = aggregation;
    this.buckets = buckets;
    this.m = m;
    this.temperature = temperature;
    this.reorder = reorder;
  }

  get classes(): number {
    return this.buckets.reduce((sum, [classes]) => sum + classes!, 0);
  }

  override build(inputShape: LayerShape | LayerShape[]): void {
    const rows = this.buckets.reduce((sum, [classes, slots]) => sum + classes! * slots!, 0);
    const received = onlyShape(inputShape).at(-1);
    if (rows === 0 || received !== rows)
      throw new NearkinError('INVALID_ARGUMENT', `ClassAggregate: expected ${rows} rows, got ${received}.`, {
        details: { expected: rows, received },
      });
    const zeros = initializers.zeros();
    const padded = this.aggregation === 'mean' || this.aggregation === 'topM' || this.aggregation === 'softmax';
    if (padded) this.#share = this.addWeight('share', [rows], 'float32', zeros, undefined, false);
    if (this.aggregation === 'topM') {
      const picked = this.buckets.reduce((sum, [classes, slots]) => sum + picks(classes!, slots!, this.m), 0);
      this.#bestShare = this.addWeight('best_share', [picked], 'float32', zeros, undefined, false);
    }
    if (this.reorder) this.#order = this.addWeight('order', [this.classes], 'int32', zeros, undefined, false);
    this.built = true;
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [onlyShape(inputShape)[0] ?? null, this.classes];
  }

  override call(inputs: LayerInput, kwargs: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const scores = this.#aggregate(onlyTensor(inputs));
      return this.#order ? tf.gather(scores, this.#order.read(), 1) : scores;
    });
  }

  override getConfig(): ReturnType<layers.Layer['getConfig']> {
    return {
      ...super.getConfig(),
      aggregation: this.aggregation,
      buckets: this.buckets.map((bucket) => [...bucket]),
      m: this.m,
      temperature: this.temperature,
      reorder: this.reorder,
    };
  }

  #aggregate(rows: tf.Tensor): tf.Tensor {
    const share = this.#share?.read();
    switch (this.aggregation) {
      case 'max':
      case 'prototype':
        return this.#perBucket(rows, (bucket) => tf.max(bucket, 2));
      case 'mean':
        return this.#perBucket(tf.mul(rows, share!), (bucket) => tf.sum(bucket, 2));
      case 'topM':
        return this.#topM(tf.add(tf.mul(rows, share!), tf.mul(tf.sub(share!, 1), belowAll)));
      case 'softmax': {
        const relative = tf.div(tf.sub(rows, tf.max(rows, 1, true)), this.temperature);
        const votes = this.#perBucket(tf.mul(tf.exp(relative), share!), (bucket) => tf.sum(bucket, 2));
        return tf.div(votes, tf.sum(votes, 1, true));
      }
    }
  }

  #topM(rows: tf.Tensor): tf.Tensor {
    const shares = this.#bestShare!.read();
    let at = 0;
    return this.#perBucket(rows, (bucket, classes, slots) => {
      const count = Math.min(slots, this.m);
      const share = tf.reshape(tf.slice(shares, [at], [classes * count]), [classes, count]);
      at += classes * count;
      return tf.sum(tf.mul(tf.topk(bucket, count).values, share), 2);
    });
  }

  /** @param work `[batch, classes, slots]` to `[batch, classes]`; a bucket of single rows needs none */
  #perBucket(rows: tf.Tensor, work: (bucket: tf.Tensor3D, classes: number, slots: number) => tf.Tensor): tf.Tensor {
    let start = 0;
    const parts = this.buckets.map(([classes, slots]) => {
      const width = classes! * slots!;
      const part = this.buckets.length === 1 ? rows : tf.slice(rows, [0, start], [-1, width]);
      start += width;
      if (slots === 1) return part;
      return work(tf.reshape(part, [-1, classes!, slots!]) as tf.Tensor3D, classes!, slots!);
    });
    return parts.length === 1 ? parts[0]! : tf.concat(parts, 1);
  }
}

/** Rows that `topM` picks in a bucket; a bucket of single rows has nothing to pick from. */
function picks(classes: number, slots: number, m: number): number {
  return slots === 1 ? 0 : classes * Math.min(slots, m);
}
