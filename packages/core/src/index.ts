export { type BundleSource, type BundleTarget, openBundle, writeBundle } from './bundle.js';
export type { Bundle } from './bundle-host.js';
export type { AddOptions, Classification, Classifier, ClassifyBatchOptions, ClassifyOptions } from './classifier.js';
export { crc32c } from './crc32c.js';
export { type EmbedGalleryOptions, embedGallery, type GalleryItem } from './embed-gallery.js';
export type { Embedder, EmbedOptions } from './embedder.js';
export { type FlatNumber, type FlatTable, type FlatVector, openFlatBuffer } from './flat-table.js';
export {
  assertSameModel,
  createGallery,
  type Gallery,
  type GalleryParts,
  type ModelTag,
  mergeGalleries,
  selectGallery,
} from './gallery.js';
export { readGallery, writeGallery } from './gallery-file.js';
export { type JobOptions, type Progress, throwIfAborted } from './job.js';
export { NearkinError, type NearkinErrorCode, type NearkinErrorDetails } from './nearkin-error.js';
export { createPicture, type Picture } from './picture.js';
export { createRng, type Rng } from './rng.js';
export { assertSafeName } from './safe-name.js';
export {
  readSafetensors,
  readSafetensorsLayout,
  type Safetensors,
  type SafetensorsDtype,
  type SafetensorsEntry,
  type SafetensorsLayout,
  type SafetensorsSpan,
  writeSafetensors,
} from './safetensors.js';
export { splitByLabel } from './split-by-label.js';
export { rowsByLabel, splitGallery } from './split-gallery.js';
export { assertFinite, createVectors, l2Normalize, selectRows, type Vectors, vectorAt } from './vectors.js';
