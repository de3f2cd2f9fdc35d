export type { TrainingData } from './data/training-data.js';
export type { Loss, Reduction, Reference } from './losses/loss.js';
export type { PairMask, Targets } from './losses/targets.js';
export type { MinedPairs, Miner } from './miners/miner.js';
export type { TrainableModel, TrainableWeight } from './models/trainable-model.js';
export type { Sampler } from './samplers/sampler.js';
export { enableWasmTraining } from './wasm/enable-wasm-training.js';
