export { type ReadAlbumsOptions, readAlbums, readImages } from './albums/read-albums.node.js';
export {
  type ReadPictureTableOptions,
  type ReadTextsOptions,
  readPictureTable,
  readTexts,
} from './albums/read-table.node.js';
export type { BackendAttempt, BackendChoice, BackendName } from './backends/backend-choice.js';
export { type ChooseBackendOptions, chooseBackend, describeBackends } from './backends/choose-backend.node.js';
export * from './index.js';
export { type ReadImageNodeOptions, readImage } from './pictures/read-image.node.js';
export { createEmbedderPool, type EmbedderPool, type EmbedderPoolOptions } from './pool/embedder-pool.node.js';
