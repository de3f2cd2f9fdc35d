// #region sample
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { knnClassifier } from '@nearkin/retrieval';

const knn = knnClassifier(); // was: knnClassifier.create()
knn.addExample(tf.tensor1d([1, 0, 0]), 'cat');
knn.addExample(tf.tensor1d([0, 1, 0]), 'dog');
const { label, confidences } = await knn.predictClass(
  tf.tensor1d([0.2, 0.9, 0]),
);
console.log(label, confidences); // dog { cat: 0.5, dog: 0.5 }
// #endregion sample
