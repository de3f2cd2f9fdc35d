export { anisotropicWeight } from './anisotropic.js';
export { buildIndex } from './build-index.js';
export type { BuildIndexOptions } from './build-options.js';
export type { Filter } from './filter.js';
export type { IndexHealth } from './health.js';
export type { CodeKind, IndexHeader, IndexKind, Metric, ReorderKind, SearchDefaults } from './index-header.js';
export { type IndexStats, SearchIndex } from './search-index.js';
export type { Hit, SearchBatchOptions, SearchOptions } from './search-options.js';
export { type EngineOptions, fromSnapshot, type IndexSnapshot, toSnapshot } from './snapshot.js';
