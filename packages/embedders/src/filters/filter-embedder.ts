import { type EmbedOptions, NearkinError, type Vectors } from '@nearkin/core';
import { engine } from '@tensorflow/tfjs-core';
import { host } from '#picture-host';
import { disposedError } from '../image/disposed-error.js';
import { createImageEmbedder, type EmbedderModel, type ImageEmbedder } from '../image/image-embedder.js';
import type { ImageInput } from '../pictures/image-input.js';
import { createPreprocessing } from '../pictures/preprocessing.js';
import { buildFilterModel, filterDim, filterInputSide } from './filter-model.js';

/** Changes whenever the filters or their arrangement do. */
const filterId = `filters-${filterDim}-v1`;

const preprocessing = createPreprocessing({
  width: filterInputSide,
  height: filterInputSide,
  fit: 'squash',
  mean: [0, 0, 0],
  std: [255, 255, 255],
});

/**
 * Makes the built-in embedder: fixed colour and edge filters, nothing learned, nothing to download. It knows shapes and
 * colours and nothing of what they mean: good for logos, icons, packages and other flat things that look alike, a
 * baseline for everything else.
 *
 * Its model is built when it is first needed. Reading `model` before the first picture was embedded needs a backend
 * (`await chooseBackend()`).
 *
 * @example
 * const embedder = createFilterEmbedder();
 * const gallery = await embedGallery(embedder, readAlbums('albums'));
 */
export function createFilterEmbedder(options: { readonly batchSize?: number | undefined } = {}): ImageEmbedder {
  let built: ImageEmbedder | undefined;
  let disposed = false;
  const build = (): ImageEmbedder => {
    if (disposed) throw disposedError();
    if (!engine().backendName)
      throw new NearkinError(
        'BACKEND_UNAVAILABLE',
        'No backend runs yet; await chooseBackend() before asking for the model.',
      );
    built ??= createImageEmbedder(
      { kind: 'layers', model: buildFilterModel() },
      { preprocessing, id: filterId, batchSize: options.batchSize, ownsModel: true },
    );
    return built;
  };
  const dispose = () => {
    disposed = true;
    built?.dispose();
  };
  return Object.freeze({
    id: filterId,
    dim: filterDim,
    preprocessing,
    get model(): EmbedderModel {
      return build().model;
    },
    async embed(batch: readonly ImageInput[], embedOptions: EmbedOptions = {}): Promise<Vectors> {
      if (disposed) throw disposedError();
      await host.ensureBackend();
      return build().embed(batch, embedOptions);
    },
    dispose,
    [Symbol.dispose]: dispose,
  });
}
