export { anisotropicWeight } from './build/anisotropic.js';
export { buildIndex } from './build/build-index.js';
export type { BuildIndexOptions } from './build/build-options.js';
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
export { type CreateClassifierOptions, createClassifier } from './classifier/create-classifier.js';
export type { IndexHealth } from './edits/health.js';
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
export { createSearcher, type Searcher } from './search/create-searcher.js';
export type { Filter } from './search/filter.js';
export { type Codebook, lookupTable, type WholeTable, wholeLookupTable } from './search/lookup-table.js';
export type { Hit, SearchBatchOptions, SearchOptions } from './search/search-options.js';
export type { CodeKind, IndexHeader, IndexKind, Metric, ReorderKind, SearchDefaults } from './state/index-header.js';
export { type IndexStats, SearchIndex } from './state/search-index.js';
export { type EngineOptions, fromSnapshot, type IndexSnapshot, toSnapshot } from './state/snapshot.js';
