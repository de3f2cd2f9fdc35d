import { createRng, NearkinError, type Rng } from '@nearkin/core';
import { any, checkOptions, count, seed as seedRule } from '../losses/check-options.js';
import { drawFromClass } from './draw-from-class.js';
import { mixSeed } from './mix-seed.js';
import type { Sampler } from './sampler.js';
import { samplesByClass } from './samples-by-class.js';

export interface HierarchicalSamplerOptions {
  /** Class of each sample. */
  readonly labels: Int32Array | readonly number[];
  /** Group of each sample, the same for all samples of a class: an alphabet, a maker, a genus. */
  readonly groups: Int32Array | readonly number[];
  /** Groups that the classes of a batch come from; default 2. */
  readonly groupsPerBatch?: number | undefined;
  /** Classes of each group in a batch. */
  readonly classesPerGroup: number;
  readonly samplesPerClass: number;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/**
 * Batches of classes that are close to one another: some classes of each of a few groups, so that negatives are hard.
 *
 * Every class comes once an epoch. In a new random order each epoch, a group is cut into parts of `classesPerGroup` classes;
 * what is left over at its end is filled up with other classes of the group, which then come twice, and a group with fewer
 * classes gives those it has. A batch takes parts of `groupsPerBatch` different groups, those with the most parts left
 * first; at the end of the epoch, when fewer groups have parts left, a batch has fewer parts. Samples of a class are drawn as
 * in {@link perClassSampler}. `batchSize` is that of a whole batch.
 *
 * @throws {NearkinError} `TOO_FEW_CLASSES` when there are fewer groups than a batch wants, `INVALID_ARGUMENT` for options and
 * for a class in two groups, `UNKNOWN_LABEL` for one that is no integer from 0
 * @example
 * const sampler = hierarchicalSampler({ labels: [0, 1, 2, 3], groups: [0, 0, 1, 1], classesPerGroup: 2, samplesPerClass: 1 });
 * [...sampler.epoch(0)]; // [[1, 0, 2, 3]] or another order
 */
export function hierarchicalSampler(options: HierarchicalSamplerOptions): Sampler {
  checkOptions('hierarchicalSampler', options, {
    labels: any,
    groups: any,
    groupsPerBatch: count,
    classesPerGroup: count,
    samplesPerClass: count,
    seed: seedRule,
  });
  const { labels, groupsPerBatch = 2, classesPerGroup, samplesPerClass, seed = 0 } = options;
  for (const [name, value] of Object.entries({ labels, groups: options.groups, classesPerGroup, samplesPerClass }))
    if (value === undefined) throw new NearkinError('INVALID_ARGUMENT', `Expected ${name}, got nothing.`);
  const classes = samplesByClass(labels);
  const groups = classesByGroup(classes, options.groups, labels);
  if (groups.length < groupsPerBatch)
    throw new NearkinError(
      'TOO_FEW_CLASSES',
      `Expected at least ${groupsPerBatch} groups, as many as a batch has, got ${groups.length}; lower groupsPerBatch.`,
      { details: { groupsPerBatch, groups: groups.length } },
    );
  const plan = (number: number) => {
    const rng = createRng(mixSeed(seed, number));
    return combineParts(
      groups.map((group) => cutGroup(group, classesPerGroup, rng)),
      groupsPerBatch,
      rng,
    );
  };
  return Object.freeze<Sampler>({
    name: 'hierarchicalSampler',
    batchSize: groupsPerBatch * classesPerGroup * samplesPerClass,
    // How many there are does not depend on chance: parts are taken from the largest groups.
    batchesPerEpoch: plan(0).length,
    *epoch(number) {
      for (const batch of plan(number))
        yield batch.flatMap((c) => drawFromClass(classes[c]!, { number: c, epoch: number, samplesPerClass, seed }));
    },
  });
}

function classesByGroup(
  classes: readonly Int32Array[],
  groups: Int32Array | readonly number[],
  labels: Int32Array | readonly number[],
): number[][] {
  if (groups.length !== labels.length)
    throw new NearkinError('INVALID_ARGUMENT', `Expected ${labels.length} groups of samples, got ${groups.length}.`);
  const lists = new Map<number, number[]>();
  classes.forEach((samples, c) => {
    const group = groups[samples[0]!]!;
    const stray = samples.find((sample) => groups[sample] !== group);
    if (stray !== undefined)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected each class in one group, but label ${labels[stray]} is in ${group} and ${groups[stray]}.`,
        { details: { label: labels[stray], groups: [group, groups[stray]] } },
      );
    lists.set(group, [...(lists.get(group) ?? []), c]);
  });
  return [...lists.entries()].sort(([a], [b]) => a - b).map(([, list]) => list);
}

function cutGroup(group: readonly number[], size: number, rng: Rng): number[][] {
  const order = rng.shuffle([...group]);
  const parts: number[][] = [];
  for (let start = 0; start < order.length; start += size) parts.push(order.slice(start, start + size));
  const last = parts.at(-1)!;
  const missing = Math.min(size, order.length) - last.length;
  if (missing > 0) {
    const others = order.slice(0, order.length - last.length);
    for (const i of rng.sample(others.length, missing)) last.push(others[i]!);
  }
  return parts;
}

function combineParts(parts: readonly number[][][], groupsPerBatch: number, rng: Rng): number[][] {
  const left = parts.map((list) => [...list]);
  const batches: number[][] = [];
  for (;;) {
    // Shuffled first: groups with as many parts left take turns by chance.
    const order = rng.shuffle(left.filter((list) => list.length > 0)).sort((a, b) => b.length - a.length);
    if (order.length === 0) return rng.shuffle(batches);
    batches.push(order.slice(0, groupsPerBatch).flatMap((list) => list.pop()!));
  }
}
