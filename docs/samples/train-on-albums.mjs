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
const before = await evaluateRetrieval({ queries: unseen });
console.log(
  before.mean['hitRate@1'].toFixed(2),
  before.mean.apAtR.toFixed(2),
); // 0.36 0.13
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
console.log(after.mean['hitRate@1'].toFixed(2), after.mean.apAtR.toFixed(2)); // 0.84 0.75

const test = pairedTest({
  a: after.perQuery.apAtR,
  b: before.perQuery.apAtR,
  alternative: 'greater',
});
console.log(test.pValue < 0.01 ? 'more than luck' : 'perhaps luck'); // more than luck
// #endregion after
