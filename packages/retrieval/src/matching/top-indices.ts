/** Indices of the `k` largest scores, best first; equal scores in index order. O(n log k) for small k. */
export function topIndices(scores: Float32Array, k: number): number[] {
  const order = (a: number, b: number) => scores[b]! - scores[a]! || a - b;
  if (k > 64 || k >= scores.length) return Array.from(scores.keys()).sort(order).slice(0, k);
  const best: number[] = [];
  let worst = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (score <= worst) continue;
    let at = best.length === k ? k - 1 : best.length;
    while (at > 0 && score > scores[best[at - 1]!]!) {
      best[at] = best[at - 1]!;
      at--;
    }
    best[at] = i;
    if (best.length === k) worst = scores[best[k - 1]!]!;
  }
  return best;
}
