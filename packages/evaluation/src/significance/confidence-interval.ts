import { assertFiniteNumbers, type Numbers } from '../numbers/check.js';
import { studentQuantile } from '../numbers/student-t.js';

/** A mean and how sure it is; null where there are too few values. */
export interface ConfidenceInterval {
  readonly count: number;
  readonly mean: number | null;
  /** 1.96 x population standard deviation / sqrt(count). */
  readonly halfWidth95: number | null;
  /** Student's t at 97.5 % x sample standard deviation / sqrt(count): right for few values too; null for one value. */
  readonly studentHalfWidth95: number | null;
}

/**
 * Mean and half width of its 95 % interval, both ways that papers report.
 *
 * @throws {NearkinError} `NON_FINITE`
 * @source Chen et al., "A Closer Look at Few-shot Classification", ICLR 2019 (normal form); Student, 1908
 * @example
 * confidenceInterval([0.5, 0.7]) // { count: 2, mean: 0.6, halfWidth95: 0.1386, studentHalfWidth95: 1.2706 }
 */
export function confidenceInterval(values: Numbers): ConfidenceInterval {
  assertFiniteNumbers('values', values);
  const count = values.length;
  if (count === 0) return { count, mean: null, halfWidth95: null, studentHalfWidth95: null };
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  // Divided once: the mean of ones is 1, and not a little more.
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i]! - mean) ** 2;
  return {
    count,
    mean,
    halfWidth95: (1.96 * Math.sqrt(squares / count)) / Math.sqrt(count),
    studentHalfWidth95:
      count === 1 ? null : (studentQuantile(0.95, count - 1) * Math.sqrt(squares / (count - 1))) / Math.sqrt(count),
  };
}
