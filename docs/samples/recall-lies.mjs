// #region sample
import { rankedMetrics } from '@nearkin/evaluation';

// Two embedders, one query with five kin. A finds one at the top and loses
// the others; B finds all five, one place late.
const a = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1];
const b = [0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
for (const [name, list] of [
  ['A', a],
  ['B', b],
]) {
  const { mean } = rankedMetrics({ relevance: [list], k: [1, 5] });
  const shown = ['hitRate@1', 'recall@5', 'apAtR'].map(
    (key) => `${key} ${mean[key].toFixed(2)}`,
  );
  console.log(name, shown.join(', '));
}
// A hitRate@1 1.00, recall@5 0.20, apAtR 0.20
// B hitRate@1 0.00, recall@5 0.80, apAtR 0.54
// #endregion sample
