/**
 * The parts of TFLite metadata (`M001`) that are read or written: slots are the fields' places in their tables.
 *
 * @source TFLite Support, tensorflow_lite_support/metadata/metadata_schema.fbs, version 1.5
 */
export const metadataIdentifier = 'M001';
/** The entry of `Model.metadata` that holds it. */
export const metadataEntry = 'TFLITE_METADATA';

export const ModelMetadata = {
  name: 0,
  description: 1,
  version: 2,
  subgraphs: 3,
  author: 4,
  license: 5,
  associatedFiles: 6,
  minParserVersion: 7,
} as const;

export const SubGraphMetadata = {
  name: 0,
  description: 1,
  inputs: 2,
  outputs: 3,
  associatedFiles: 4,
  inputProcessUnits: 5,
  outputProcessUnits: 6,
  inputGroups: 7,
  outputGroups: 8,
  customMetadata: 9,
} as const;

export const TensorMetadata = {
  name: 0,
  description: 1,
  dimensionNames: 2,
  content: 3,
  processUnits: 4,
  stats: 5,
  associatedFiles: 6,
} as const;

export const Content = { propertiesType: 0, properties: 1 } as const;
export const contentKinds = { feature: 1, image: 2 } as const;
export const ImageProperties = { colorSpace: 0 } as const;
export const colorSpaces = { rgb: 1, gray: 2 } as const;

export const ProcessUnit = { optionsType: 0, options: 1 } as const;
export const processKinds = { normalization: 1, scoreThresholding: 3 } as const;
export const NormalizationOptions = { mean: 0, std: 1 } as const;
export const ScoreThresholdingOptions = { globalScoreThreshold: 0 } as const;

export const Stats = { max: 0, min: 1 } as const;

export const AssociatedFile = { name: 0, description: 1, type: 2 } as const;

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
