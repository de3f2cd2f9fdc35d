export { type ExportTfliteOptions, exportTflite } from './export/export-tflite.js';
export type { ExportableClassifier } from './export/exportable-classifier.js';
export type { WeightType } from './export/match-rows.js';
export type { TableCompression } from './leveldb/write-table.js';
export type { ModelCard } from './metadata/classifier-metadata.js';
export {
  describeTflite,
  readAssociatedFile,
  type TfliteDescription,
  type TfliteTensorInfo,
} from './metadata/describe-tflite.js';
export type { AssociatedFileKind } from './metadata/metadata-schema.js';
export type { Normalization, TfliteMetadata } from './metadata/read-metadata.js';
export type { TensorType } from './model/schema.js';
export { type CompatSearchOptions, compatSearch, type SearcherHit } from './searcher/compat-search.js';
export { searchedPartitions, searchFractionFor } from './searcher/nearest-partitions.js';
export { type ReadSearcherOptions, readSearcherIndex } from './searcher/read-searcher-index.js';
export { type RowText, writeRowTexts } from './searcher/row-texts.js';
export { searcherDistance } from './searcher/searchable.js';
export type {
  LookupType,
  SearcherCodebook,
  SearcherConfig,
  SearcherDistance,
  SearcherIndexer,
  SearcherPartitioner,
} from './searcher/searcher-config.js';
export {
  decodeRow,
  galleryOfSearcher,
  type SearcherOfGalleryOptions,
  searcherIndexOf,
} from './searcher/searcher-gallery.js';
export {
  createSearcherIndex,
  metadataOf,
  type SearcherIndex,
  type SearcherIndexParts,
} from './searcher/searcher-index.js';
export {
  readTfliteSearcher,
  type TfliteSearcher,
  type WriteTfliteSearcherOptions,
  writeTfliteSearcher,
} from './searcher/tflite-searcher.js';
export { type WriteSearcherOptions, writeSearcherIndex } from './searcher/write-searcher-index.js';
