import type { Evaluation } from './differentiable.js';
import type { Reduction } from './loss.js';

/** Numbers that a loss sums or averages, without a list of them where there are many. */
export interface Terms {
  readonly count: number;
  /** Terms above 0. */
  readonly active: number;
  readonly sum: number;
  list(): Float64Array;
  /**
   * Adds the gradient of the weighted sum of the terms where the loss collects it.
   *
   * @param weight the same for all terms, or one for each
   */
  backward(weight: number | Float64Array): void;
}

/** Terms that are at hand. */
export function listedTerms(values: Float64Array, backward: (term: number, weight: number) => void): Terms {
  let active = 0;
  let sum = 0;
  for (const value of values) {
    if (value > 0) active++;
    sum += value;
  }
  return {
    count: values.length,
    active,
    sum,
    list: () => values,
    backward(weight) {
      for (let term = 0; term < values.length; term++) {
        const own = typeof weight === 'number' ? weight : weight[term]!;
        if (own !== 0) backward(term, own);
      }
    },
  };
}

/**
 * Reduces each group of terms by itself and adds the groups up; `none` lists the terms of one group after the other. A
 * group without terms is 0.
 *
 * @param finish called after the gradients of all terms were added up
 */
export function reduceTerms(
  groups: readonly Terms[],
  reduction: Reduction,
  finish: () => readonly Float64Array[],
): Evaluation {
  if (reduction === 'none') {
    const lists = groups.map((group) => group.list());
    const value = new Float64Array(lists.reduce((length, list) => length + list.length, 0));
    const starts = lists.map((_, i) => lists.slice(0, i).reduce((start, before) => start + before.length, 0));
    lists.forEach((list, i) => {
      value.set(list, starts[i]);
    });
    return {
      value,
      gradients(upstream) {
        const all = Float64Array.from(upstream);
        groups.forEach((group, i) => {
          group.backward(all.subarray(starts[i]!, starts[i]! + group.count));
        });
        return finish();
      },
    };
  }
  const shares = groups.map(({ count, active }) => {
    const divisor = reduction === 'mean' ? count : reduction === 'nonZeroMean' ? active : 1;
    return divisor === 0 ? 0 : 1 / divisor;
  });
  return {
    value: groups.reduce((total, { sum }, i) => total + sum * shares[i]!, 0),
    gradients(upstream) {
      groups.forEach((group, i) => {
        if (shares[i] !== 0) group.backward(upstream[0]! * shares[i]!);
      });
      return finish();
    },
  };
}
