import { NearkinError } from '@nearkin/core';
import type { GraphBuilder } from '../model/graph.js';
import type { Bucket, ClassLayout } from './class-layout.js';
import type { ExportableClassifier } from './exportable-classifier.js';

type Settings = ExportableClassifier['settings'];

/**
 * What is added to the scores of rows that only fill up, so that none of them counts: cosines span 2, and in `softmax` a
 * distance of 104 temperatures makes a vote of 0 in float32.
 */
export function paddingBias({ padding }: ClassLayout, settings: Settings): Float32Array | undefined {
  if (!padding) return undefined;
  const bias = settings.aggregation === 'softmax' ? -(2 + 104 * settings.temperature) : -4;
  return Float32Array.from(padding, (isPadding) => (isPadding ? bias : 0));
}

/**
 * Adds the aggregation: `[batch, rows]` to `[batch, classes]`, in a number of operators that depends on how many sizes of
 * buckets there are, never on how many classes.
 *
 * @throws {NearkinError} `UNSUPPORTED` for a temperature that float32 cannot hold
 */
export function aggregateClasses(
  graph: GraphBuilder,
  cosines: number,
  { layout, settings }: { readonly layout: ClassLayout; readonly settings: Settings },
): number {
  const { aggregation, m, temperature } = settings;
  const batch = graph.shapeOf(cosines)[0]!;
  const axis = (value: number) => graph.constant(`nearkin/axis${value}`, [1], Int32Array.of(value));
  const reduce =
    (op: 'REDUCE_MAX' | 'SUM') =>
    (scores: number, { classes }: Bucket) =>
      graph.apply(op, [scores, axis(2)], { name: `nearkin/${classes}_classes`, shape: [batch, classes] });
  const inOrder = (work: (scores: number, bucket: Bucket) => number, scores: number) =>
    reorder(graph, perBucket(graph, scores, { buckets: layout.buckets, work }), layout.order);
  switch (aggregation) {
    case 'max':
    case 'mean':
    case 'prototype':
      return inOrder(reduce('REDUCE_MAX'), cosines);
    case 'topM':
      return inOrder((scores, { classes }) => {
        const best = graph.tensor({ name: 'nearkin/best', shape: [batch, classes, m] });
        const rows = graph.tensor({ name: 'nearkin/best_rows', shape: [batch, classes, m], type: 'int32' });
        const count = graph.constant('nearkin/m', [], Int32Array.of(m));
        graph.operator({ op: 'TOPK_V2', inputs: [scores, count], outputs: [best, rows] });
        const shape = [batch, classes];
        return graph.apply('MEAN', [best, axis(2)], { name: `nearkin/${classes}_classes`, shape });
      }, cosines);
    case 'softmax': {
      const factor = Math.fround(1 / temperature);
      if (!Number.isFinite(factor))
        throw new NearkinError('UNSUPPORTED', `A .tflite file cannot hold the temperature ${temperature}; use max.`);
      const shape = graph.shapeOf(cosines);
      const votes = graph.apply('SOFTMAX', [cosines], { name: 'nearkin/votes', shape }, { factor });
      return inOrder(reduce('SUM'), votes);
    }
  }
}

function perBucket(
  graph: GraphBuilder,
  scores: number,
  { buckets, work }: { buckets: readonly Bucket[]; work: (scores: number, bucket: Bucket) => number },
): number {
  const batch = graph.shapeOf(scores)[0]!;
  let start = 0;
  const parts = buckets.map((bucket) => {
    const { classes, slots } = bucket;
    const width = classes * slots;
    const part = buckets.length === 1 ? scores : slice(graph, scores, { start, width });
    start += width;
    if (slots === 1) return part;
    const shape = [batch, classes, slots];
    const target = graph.constant('nearkin/slots_shape', [3], Int32Array.of(-1, classes, slots));
    const name = `nearkin/${classes}x${slots}`;
    return work(graph.apply('RESHAPE', [part, target], { name, shape }, { shape: [-1, classes, slots] }), bucket);
  });
  if (parts.length === 1) return parts[0]!;
  const classes = buckets.reduce((sum, bucket) => sum + bucket.classes, 0);
  return graph.apply('CONCATENATION', parts, { name: 'nearkin/classes', shape: [batch, classes] }, { axis: 1 });
}

function slice(graph: GraphBuilder, scores: number, { start, width }: { start: number; width: number }): number {
  const begin = graph.constant('nearkin/begin', [2], Int32Array.of(0, start));
  const size = graph.constant('nearkin/size', [2], Int32Array.of(-1, width));
  const shape = [graph.shapeOf(scores)[0]!, width];
  return graph.apply('SLICE', [scores, begin, size], { name: `nearkin/rows_${start}`, shape });
}

function reorder(graph: GraphBuilder, scores: number, order: Int32Array | undefined): number {
  if (!order) return scores;
  const places = graph.constant('nearkin/order', [order.length], order);
  const shape = graph.shapeOf(scores);
  return graph.apply('GATHER', [scores, places], { name: 'nearkin/ordered', shape }, { axis: 1 });
}
