export type { WeightType } from './export/match-rows.js';
export type { SamplePreprocessing } from './export/normalization-for.js';
export { type ConvertLayersOptions, convertLayers } from './layers/convert-layers.js';
export type { LayersArtifacts, StoredWeight } from './layers/layers-artifacts.js';
