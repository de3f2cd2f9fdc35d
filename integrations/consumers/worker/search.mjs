import { parentPort } from 'node:worker_threads';
import { createGallery, createVectors } from '@nearkin/core';
import { buildIndex } from '@nearkin/searcher';

const vectors = createVectors(Float32Array.of(1, 0, 0, 1, 1, 1), 2);
const index = await buildIndex(createGallery({ vectors, ids: ['right', 'up', 'diagonal'] }));
parentPort.postMessage(index.search([0.1, 1], { k: 2 }).map(({ id }) => id));
