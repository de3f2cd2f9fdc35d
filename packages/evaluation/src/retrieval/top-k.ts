/**
 * Keeps the k best of a stream of scored indices; equal scores go to the smaller index. A heap with the worst kept
 * item on top, so that most offers cost one comparison.
 */
export interface TopK {
  /** Score that an offer has to reach to have a chance. */
  floor(): number;
  offer(score: number, index: number): void;
  /** Writes the items best first and empties the heap. @returns how many there were */
  drain(target: { indices: Int32Array; scores: Float64Array; at: number }): number;
}

export function createTopK(k: number): TopK {
  const scores = new Float64Array(k);
  const indices = new Int32Array(k);
  let size = 0;

  const worse = (a: number, b: number) =>
    scores[a]! < scores[b]! || (scores[a] === scores[b] && indices[a]! > indices[b]!);
  const swap = (a: number, b: number) => {
    const score = scores[a]!;
    const index = indices[a]!;
    scores[a] = scores[b]!;
    indices[a] = indices[b]!;
    scores[b] = score;
    indices[b] = index;
  };
  const sink = () => {
    let at = 0;
    for (;;) {
      let worst = at;
      const left = 2 * at + 1;
      if (left < size && worse(left, worst)) worst = left;
      if (left + 1 < size && worse(left + 1, worst)) worst = left + 1;
      if (worst === at) return;
      swap(at, worst);
      at = worst;
    }
  };

  return {
    floor: () => (size < k ? Number.NEGATIVE_INFINITY : scores[0]!),
    offer(score, index) {
      if (size === k) {
        if (score < scores[0]! || (score === scores[0] && index > indices[0]!)) return;
        scores[0] = score;
        indices[0] = index;
        sink();
        return;
      }
      let at = size++;
      scores[at] = score;
      indices[at] = index;
      while (at > 0 && worse(at, (at - 1) >> 1)) {
        swap(at, (at - 1) >> 1);
        at = (at - 1) >> 1;
      }
    },
    drain(target) {
      const count = size;
      while (size > 0) {
        const at = target.at + size - 1;
        target.scores[at] = scores[0]!;
        target.indices[at] = indices[0]!;
        swap(0, --size);
        sink();
      }
      return count;
    },
  };
}
