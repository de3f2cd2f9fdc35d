export type { BackendAttempt, BackendChoice, BackendName } from './backend-choice.js';
export { type ChooseBackendOptions, chooseBackend, describeBackends } from './choose-backend.node.js';
export { createEmbedderPool, type EmbedderPool, type EmbedderPoolOptions } from './embedder-pool.node.js';
export * from './index.js';
export { type ReadAlbumsOptions, readAlbums, readImages } from './read-albums.node.js';
export { type ReadImageNodeOptions, readImage } from './read-image.node.js';
export {
  type ReadPictureTableOptions,
  type ReadTextsOptions,
  readPictureTable,
  readTexts,
} from './read-table.node.js';
