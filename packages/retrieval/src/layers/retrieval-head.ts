import { type Gallery, rowsByLabel, vectorAt } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { AggregationSettings } from '../matching/aggregation.js';
import { quantizeRow } from '../matching/int8-row.js';
import { columnsOf } from '../matching/score-matrix.js';
import { prototypeOf } from '../matching/unit-rows.js';
import { ClassAggregate } from './class-aggregate.js';
import { CosineMatch } from './cosine-match.js';
import { L2Normalize } from './l2-normalize.js';

/** The three layers, applied to an embedding. */
export interface RetrievalHead {
  /** `[batch, dim]`, any length. */
  readonly input: tfl.SymbolicTensor;
  /** `[batch, classes]`, in the order of the gallery's labels. */
  readonly output: tfl.SymbolicTensor;
  readonly layers: readonly tfl.layers.Layer[];
  /** Frees the three layers. */
  dispose(): void;
}

/**
 * Puts the retrieval layers with the gallery's rows as weights on top of an embedding.
 *
 * @param embedding `[batch, dim]`, or any shape whose other dimensions are 1
 * @param options.gallery unit rows
 */
export function retrievalHead(
  embedding: tfl.SymbolicTensor,
  options: {
    readonly gallery: Gallery;
    readonly settings: AggregationSettings;
    readonly int8: boolean;
    /** Put behind the layers' names where the plain ones are taken. */
    readonly suffix?: string | undefined;
  },
): RetrievalHead {
  const { gallery, settings, int8, suffix = '' } = options;
  const { rows, buckets, share, bestShare, order } = layOut(gallery, settings);
  const normalize = new L2Normalize({ name: `nearkin_l2_normalize${suffix}` });
  const match = new CosineMatch({
    name: `nearkin_cosine_match${suffix}`,
    rows: rows.length,
    precision: int8 ? 'int8' : 'float32',
  });
  const aggregate = new ClassAggregate({
    name: `nearkin_class_aggregate${suffix}`,
    ...settings,
    buckets,
    reorder: order !== undefined,
  });
  const output = aggregate.apply(match.apply(normalize.apply(embedding))) as tfl.SymbolicTensor;
  const { dim } = gallery.vectors;
  tf.tidy(() => {
    if (int8) {
      const codes = rows.map(quantizeRow);
      const matrix = columnsOf(
        codes.map((row) => row.codes),
        dim,
      );
      const scales = Float32Array.from(codes, (row) => row.scale);
      match.setWeights([tf.tensor2d(matrix, [dim, rows.length]), tf.tensor1d(scales)]);
    } else match.setWeights([tf.tensor2d(columnsOf(rows, dim), [dim, rows.length])]);
    const lists: tf.Tensor[] = [];
    if (settings.aggregation === 'mean' || settings.aggregation === 'topM' || settings.aggregation === 'softmax')
      lists.push(tf.tensor1d(share));
    if (settings.aggregation === 'topM') lists.push(tf.tensor1d(bestShare));
    if (order) lists.push(tf.tensor1d(order, 'int32'));
    aggregate.setWeights(lists);
  });
  const layers = [normalize, match, aggregate];
  return {
    input: embedding,
    output,
    layers,
    dispose() {
      for (const layer of layers) layer.dispose();
    },
  };
}

/** Rows in the order of the buckets, padded, with the weights that {@link ClassAggregate} describes. */
export function layOut(gallery: Gallery, settings: AggregationSettings) {
  const { vectors } = gallery;
  const { aggregation, m } = settings;
  const classes = [...rowsByLabel(gallery.labels).values()].map((rows) => {
    const vectorsOfClass = rows.map((row) => vectorAt(vectors, row));
    return aggregation === 'prototype' ? [prototypeOf(vectorsOfClass, vectors.dim)] : vectorsOfClass;
  });
  const bySize = new Map<number, number[]>();
  classes.forEach((rows, c) => {
    let slots = 1;
    while (slots < rows.length) slots *= 2;
    const bucket = bySize.get(slots);
    if (bucket) bucket.push(c);
    else bySize.set(slots, [c]);
  });
  const sizes = [...bySize].sort(([a], [b]) => a - b);
  const rows: Float32Array[] = [];
  const share: number[] = [];
  const bestShare: number[] = [];
  const inBuckets: number[] = [];
  for (const [slots, members] of sizes) {
    for (const c of members) {
      const own = classes[c]!;
      const best = Math.min(m, own.length);
      for (let i = 0; i < slots; i++) {
        rows.push(own[i] ?? own[0]!);
        share.push(i >= own.length ? 0 : aggregation === 'mean' ? 1 / own.length : 1);
        if (slots > 1 && i < m) bestShare.push(i < best ? 1 / best : 0);
      }
      inBuckets.push(c);
    }
  }
  const order = new Int32Array(classes.length);
  inBuckets.forEach((c, position) => {
    order[c] = position;
  });
  return {
    rows,
    buckets: sizes.map(([slots, members]) => [members.length, slots]),
    share,
    bestShare,
    order: order.some((position, c) => position !== c) ? order : undefined,
  };
}
