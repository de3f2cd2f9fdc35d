/**
 * The parts of TFLite metadata (`M001`) that are read or written: slots are the fields' places in their tables.
 * Enums, because the build puts the numbers where they are used and leaves the names out.
 *
 * @source TFLite Support, tensorflow_lite_support/metadata/metadata_schema.fbs, version 1.5
 */
export const metadataIdentifier = 'M001';
/** The entry of `Model.metadata` that holds it. */
export const metadataEntry = 'TFLITE_METADATA';

export enum ModelMetadata {
  name = 0,
  description = 1,
  version = 2,
  subgraphs = 3,
  author = 4,
  license = 5,
  associatedFiles = 6,
  minParserVersion = 7,
}

export enum SubGraphMetadata {
  name = 0,
  description = 1,
  inputs = 2,
  outputs = 3,
  associatedFiles = 4,
  inputProcessUnits = 5,
  outputProcessUnits = 6,
  inputGroups = 7,
  outputGroups = 8,
  customMetadata = 9,
}

export enum TensorMetadata {
  name = 0,
  description = 1,
  dimensionNames = 2,
  content = 3,
  processUnits = 4,
  stats = 5,
  associatedFiles = 6,
}

export enum Content {
  propertiesType = 0,
  properties = 1,
}
export enum ContentKind {
  feature = 1,
  image = 2,
}
export enum ImageProperties {
  colorSpace = 0,
}
export enum ColorSpace {
  rgb = 1,
  gray = 2,
}

export enum ProcessUnit {
  optionsType = 0,
  options = 1,
}
export enum ProcessKind {
  normalization = 1,
  scoreThresholding = 3,
}
export enum NormalizationOptions {
  mean = 0,
  std = 1,
}
export enum ScoreThresholdingOptions {
  globalScoreThreshold = 0,
}

export enum Stats {
  max = 0,
  min = 1,
}

export enum AssociatedFile {
  name = 0,
  description = 1,
  type = 2,
}

/** Kinds of associated files, by the schema's numbers. */
export const associatedFileKinds = [
  'unknown',
  'descriptions',
  'tensor-axis-labels',
  'tensor-value-labels',
  'score-calibration',
  'vocabulary',
  'scann-index',
] as const;

/** What a file is that is kept with a model, as its metadata says. */
export type AssociatedFileKind = (typeof associatedFileKinds)[number];
