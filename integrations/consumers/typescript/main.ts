import { createGallery, createVectors, type Gallery, NearkinError, type NearkinErrorCode } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import { fromFunction, type ImageInput } from '@nearkin/embedders';
import { readAlbums } from '@nearkin/embedders/node';
import { evaluateRetrieval, type RetrievalMetrics } from '@nearkin/evaluation';
import { exactTopK } from '@nearkin/kernels';
import { buildClassifier, type RetrievalClassifier } from '@nearkin/retrieval';
import { buildIndex, type Hit, type SearchIndex } from '@nearkin/searcher';
import { loadStarter } from '@nearkin/starter';
import { describeTflite } from '@nearkin/tflite';
import { convertLayers } from '@nearkin/tflite/layers';
import { createHead, type Head } from '@nearkin/training';

const gallery: Gallery = createGallery({
  vectors: createVectors(Float32Array.of(1, 0, 0, 1), 2),
  ids: ['a', 'b'],
  labels: ['x', 'y'],
});
const embedder = fromFunction((batch: readonly number[][]) => batch, { id: 'plane', dim: 2 });
export const classifier: RetrievalClassifier<number[]> = buildClassifier(embedder, gallery, { aggregation: 'topM' });
export const index: SearchIndex = await buildIndex(gallery, { metric: 'cosine' });
export const hits: readonly Hit[] = index.search([1, 0], { k: 1 });
export const metrics: RetrievalMetrics = await evaluateRetrieval({ queries: gallery });
export const head: Head = createHead({ inputDim: 2 });
export const code: NearkinErrorCode = new NearkinError('NOT_FOUND', 'here').code;
export const inputs: ImageInput[] = ['picture.png'];
export const rest = [replaceFile, readAlbums, exactTopK, loadStarter, describeTflite, convertLayers];

// @ts-expect-error an aggregation that does not exist
buildClassifier(embedder, gallery, { aggregation: 'median' });
