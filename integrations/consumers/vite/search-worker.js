import { createGallery, createVectors } from '@nearkin/core';
import { buildIndex } from '@nearkin/searcher';

const vectors = createVectors(Float32Array.of(1, 0, 0, 1, 1, 1), 2);
const index = await buildIndex(createGallery({ vectors, ids: ['right', 'up', 'diagonal'] }));
postMessage(index.search([0.1, 1], { k: 1 })[0].id);
