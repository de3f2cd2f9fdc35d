// #region split
import { embedGallery, splitByLabel } from '@nearkin/core';
import { createFilterEmbedder, readAlbums } from '@nearkin/embedders/node';
import { evaluateRetrieval, pairedTest } from '@nearkin/evaluation';
import {
  createHead,
  fit,
  galleryData,
  perClassSampler,
  projectGallery,
  supConLoss,
} from '@nearkin/training';

const embedder = createFilterEmbedder();
const gallery = await embedGallery(embedder, readAlbums('badges'));
const halves = { fractions: [0.5, 0.5], seed: 1 };
const [training, unseen] = splitByLabel(gallery, halves);
console.log(training.ids.length, unseen.ids.length); // 90 90
// #endregion split

// #region before
const scoresOf = ({ mean }) =>
  [mean['hitRate@1'], mean.apAtR].map((score) => score.toFixed(2));

const before = await evaluateRetrieval({ queries: unseen });
console.log(...scoresOf(before)); // 0.36 0.13
// #endregion before

// #region train
const data = galleryData(training);
const { dim } = training.vectors;
const head = createHead({ inputDim: dim, dim: 32, seed: 1 });
const shape = { classesPerBatch: 15, samplesPerClass: 4 };
await fit(head, data, {
  loss: supConLoss({ temperature: 0.1 }),
  sampler: perClassSampler({ labels: data.labels, ...shape }),
  steps: 200,
  seed: 1,
});
// #endregion train

// #region after
const learned = await projectGallery(head, unseen);
const after = await evaluateRetrieval({ queries: learned });
console.log(...scoresOf(after)); // 0.84 0.75

const { pValue } = pairedTest({
  a: after.perQuery.apAtR,
  b: before.perQuery.apAtR,
  alternative: 'greater',
});
console.log(pValue < 0.01 ? 'no luck' : 'perhaps luck'); // no luck
// #endregion after
