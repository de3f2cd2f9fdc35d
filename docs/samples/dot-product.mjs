// #region sample
import { createVectors, l2Normalize, vectorAt } from '@nearkin/core';

const unit = l2Normalize(createVectors(Float32Array.of(3, 4, 4, 3), 2));
const [a, b] = [vectorAt(unit, 0), vectorAt(unit, 1)];
const dot = a[0] * b[0] + a[1] * b[1];
const distance = Math.hypot(a[0] - b[0], a[1] - b[1]);
console.log(dot.toFixed(4), (1 - distance ** 2 / 2).toFixed(4)); // 0.9600 0.9600
// #endregion sample
