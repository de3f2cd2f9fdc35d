export { type ParseTableOptions, parseTable, type TableRow } from './albums/parse-table.js';
export { type TableColumns, tableItems } from './albums/table-items.js';
export { createDualEncoder, createEncoder, type DualEncoder, type Encoder } from './encoders/create-encoder.js';
export { type LoadEncoderOptions, loadDualEncoder, loadEncoder } from './encoders/load-encoder.js';
export { canSaveEncoder, encoderFiles, saveDualEncoder, saveTextEmbedder } from './encoders/save-encoder.js';
export { createFilterEmbedder } from './filters/filter-embedder.js';
export type { ResampleFilter } from './filters/filter-table.js';
export { type FunctionAnswer, fromFunction } from './image/from-function.js';
export {
  createImageEmbedder,
  type EmbedderModel,
  type ImageEmbedder,
  type ImageEmbedderOptions,
} from './image/image-embedder.js';
export { type LoadImageEmbedderOptions, loadImageEmbedder } from './image/load-image-embedder.js';
export { quantizeEmbedder } from './image/quantize-embedder.js';
export { embedderMetadata, saveEmbedder } from './image/save-embedder.js';
export type { EmbedderMetadata } from './models/embedder-metadata.js';
export { type ReadModelOptions, readModelArtifacts } from './models/model-artifacts.js';
export { contentName, modelFiles } from './models/model-files.js';
export { type Preset, type PresetName, presets } from './models/presets.js';
export { centerOfMass, type SampleGrid } from './pictures/center-of-mass.js';
export type { ImageInput } from './pictures/image-input.js';
export { type InputChannel, inputChannels } from './pictures/input-channels.js';
export { preprocess } from './pictures/preprocess.js';
export { createPreprocessing, type Fit, type Preprocessing } from './pictures/preprocessing.js';
export {
  createHashedTextEmbedder,
  type HashedTextEmbedder,
  type HashedTextEmbedderParts,
  type StoredMatrix,
} from './text/hashed-text-embedder.js';
export { isRemembered, rememberFeatures } from './text/known-features.js';
export { type LoadTextEmbedderOptions, loadTextEmbedder } from './text/load-text-embedder.js';
export type { TextEmbedder, TextGraphSettings, TextModel } from './text/text-embedder.js';
export {
  type FeatureHashing,
  type HashedFeatures,
  hashTextFeatures,
  maxTextLength,
  textFeatures,
} from './text/text-features.js';
export { type TextPreset, type TextPresetName, textPresets } from './text/text-presets.js';
export type { TokenizerFiles } from './text/text-tokenizer.js';
export type { LiteRtOptions } from './tflite/litert.js';
export { loadTfliteEmbedder, type TfliteEmbedder, type TfliteSource } from './tflite/load-tflite-embedder.js';
export { type FromTransformersOptions, fromTransformers } from './transformers/from-transformers.js';
export type { TransformersReference } from './transformers/transformers-reference.js';
export type { TransformersOptions } from './transformers/transformers-source.js';
