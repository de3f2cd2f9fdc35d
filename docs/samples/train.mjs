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

const embedder = createFilterEmbedder();
const gallery = await embedGallery(embedder, readAlbums('photos'));
const data = galleryData(gallery);

const head = createHead({ inputDim: gallery.vectors.dim, dim: 32 });
const shape = { classesPerBatch: 6, samplesPerClass: 3 };
const sampler = perClassSampler({ labels: data.labels, ...shape });
await fit(head, data, { loss: supConLoss(), sampler, steps: 60 });

const better = await projectGallery(head, gallery);
console.log(better.vectors.dim); // 32
// #endregion sample
