/** A number for each entry of a list; `Float64Array.from` takes ten times as long. */
export function numberEach<T>(list: ArrayLike<T>, number: (entry: T, i: number) => number): Float64Array {
  const out = new Float64Array(list.length);
  for (let i = 0; i < out.length; i++) out[i] = number(list[i]!, i);
  return out;
}
