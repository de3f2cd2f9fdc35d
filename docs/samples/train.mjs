// #region sample
import { embedGallery } from '@nearkin/core';
import { createFilterEmbedder, readAlbums } from '@nearkin/embedders/node';
import {
  createHead,
  fit,
  galleryData,
  perClassSampler,
  projectGallery,
  supConLoss,
} from '@nearkin/training';

const gallery = await embedGallery(
  createFilterEmbedder(),
  readAlbums('photos'),
);
const data = galleryData(gallery);
const head = createHead({ inputDim: gallery.vectors.dim, dim: 32, seed: 1 });
const sampler = perClassSampler({
  labels: data.labels,
  classesPerBatch: 6,
  samplesPerClass: 3,
  seed: 1,
});
const { reason, steps } = await fit(head, data, {
  loss: supConLoss(),
  sampler,
  steps: 60,
  seed: 1,
});
console.log(reason, steps, (await projectGallery(head, gallery)).vectors.dim); // steps 60 32
// #endregion sample
