export { anisotropicWeight } from './anisotropic.js';
export { buildIndex } from './build-index.js';
export type { BuildIndexOptions } from './build-options.js';
export type { BuildSearcherOptions } from './bundle/build-searcher.js';
export type { BundleSearcher, BundleSearchOptions, SearcherReport } from './bundle/bundle-searcher.js';
export type { BundleFileReport, BundleReport } from './bundle/inspect-bundle.js';
export type { SearcherItem } from './bundle/journal.js';
export {
  buildSearcher,
  composeSearcher,
  inspectBundle,
  openLazySearcher,
  openSearcher,
  saveSearcher,
  searcherFiles,
} from './bundle/on-demand.js';
export type {
  LazyBundleSearcher,
  LazyBundleSearchOptions,
  OpenLazySearcherOptions,
} from './bundle/open-lazy-searcher.js';
export type { OpenSearcherOptions } from './bundle/open-searcher.js';
export type { QueryEncoder } from './bundle/query-encoder.js';
export type { QueryWeights, SearchQuery } from './bundle/search-query.js';
export { type CreateClassifierOptions, createClassifier } from './create-classifier.js';
export { createSearcher, type Searcher } from './create-searcher.js';
export {
  type OpenIndexOptions,
  type OpenLazyIndexOptions,
  openIndex,
  openLazyIndex,
  saveIndex,
} from './file/index-file.js';
export { type FileReport, inspectFile, type SectionReport } from './file/inspect-file.js';
export { type LastingIndex, openLastingIndex } from './file/lasting-index.js';
export type { LazyIndex, LazySearchOptions } from './file/lazy-index.js';
export type { IndexSource, IndexTarget } from './file/open-source.js';
export type { ByteSpan, RandomAccess } from './file/random-access.js';
export type { Filter } from './filter.js';
export type { IndexHealth } from './health.js';
export type { CodeKind, IndexHeader, IndexKind, Metric, ReorderKind, SearchDefaults } from './index-header.js';
export { type Codebook, lookupTable, type WholeTable, wholeLookupTable } from './lookup-table.js';
export { type IndexStats, SearchIndex } from './search-index.js';
export type { Hit, SearchBatchOptions, SearchOptions } from './search-options.js';
export { type EngineOptions, fromSnapshot, type IndexSnapshot, toSnapshot } from './snapshot.js';
