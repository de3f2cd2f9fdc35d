/** ln(1 + e^x) without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** 1 / (1 + e^-x) without overflow: the derivative of {@link softplus}. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** ln of the sum of e^value over `[start, end)`; -Infinity for none. */
export function logSumExp(values: ArrayLike<number>, start = 0, end = values.length): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) if (values[i]! > largest) largest = values[i]!;
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (let i = start; i < end; i++) sum += Math.exp(values[i]! - largest);
  return largest + Math.log(sum);
}
