export { centerOfMass, type SampleGrid } from './center-of-mass.js';
export { createDualEncoder, createEncoder, type DualEncoder, type Encoder } from './create-encoder.js';
export type { EmbedderMetadata } from './embedder-metadata.js';
export { createFilterEmbedder } from './filter-embedder.js';
export type { ResampleFilter } from './filter-table.js';
export { type FunctionAnswer, fromFunction } from './from-function.js';
export {
  createHashedTextEmbedder,
  type HashedTextEmbedder,
  type HashedTextEmbedderParts,
  type StoredMatrix,
} from './hashed-text-embedder.js';
export {
  createImageEmbedder,
  type EmbedderModel,
  type ImageEmbedder,
  type ImageEmbedderOptions,
} from './image-embedder.js';
export type { ImageInput } from './image-input.js';
export { type InputChannel, inputChannels } from './input-channels.js';
export { isRemembered, rememberFeatures } from './known-features.js';
export { type LoadEncoderOptions, loadDualEncoder, loadEncoder } from './load-encoder.js';
export { type LoadImageEmbedderOptions, loadImageEmbedder } from './load-image-embedder.js';
export { type LoadTextEmbedderOptions, loadTextEmbedder } from './load-text-embedder.js';
export { type ReadModelOptions, readModelArtifacts } from './model-artifacts.js';
export { contentName, modelFiles } from './model-files.js';
export { type ParseTableOptions, parseTable, type TableRow } from './parse-table.js';
export { preprocess } from './preprocess.js';
export { createPreprocessing, type Fit, type Preprocessing } from './preprocessing.js';
export { type Preset, type PresetName, presets } from './presets.js';
export { quantizeEmbedder } from './quantize-embedder.js';
export { embedderMetadata, saveEmbedder } from './save-embedder.js';
export { canSaveEncoder, encoderFiles, saveDualEncoder, saveTextEmbedder } from './save-encoder.js';
export { type TableColumns, tableItems } from './table-items.js';
export type { TextEmbedder, TextGraphSettings, TextModel } from './text-embedder.js';
export {
  type FeatureHashing,
  type HashedFeatures,
  hashTextFeatures,
  maxTextLength,
  textFeatures,
} from './text-features.js';
export { type TextPreset, type TextPresetName, textPresets } from './text-presets.js';
export type { TokenizerFiles } from './text-tokenizer.js';
export type { LiteRtOptions } from './tflite/litert.js';
export { loadTfliteEmbedder, type TfliteEmbedder, type TfliteSource } from './tflite/load-tflite-embedder.js';
export { type FromTransformersOptions, fromTransformers } from './transformers/from-transformers.js';
export type { TransformersReference } from './transformers/transformers-reference.js';
export type { TransformersOptions } from './transformers/transformers-source.js';
