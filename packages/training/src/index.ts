export type { PictureBatch } from './data/affine-warp.js';
export { type Augmentation, type AugmentOptions, createAugmentation } from './data/augmentation.js';
export type { AugmentationOptions } from './data/augmentation-options.js';
export { galleryData } from './data/gallery-data.js';
export { type PictureDataOptions, type PictureItem, pictureData } from './data/picture-data.js';
export { type PictureTrainingData, type PixelDataOptions, pixelData } from './data/pixel-data.js';
export type { TrainingData } from './data/training-data.js';
export type { DistanceName } from './distances/distance.js';
export type { DualEncoderOptions, DualPair, DualProgress, DualResult } from './dual/dual-options.js';
export type { DualTower, PreparedInputs, TowerBatch } from './dual/dual-tower.js';
export { fitDualEncoder } from './dual/fit-dual-encoder.js';
export { type FrozenTowerOptions, frozenTower } from './dual/frozen-tower.js';
export { type PictureTowerOptions, pictureTower } from './dual/picture-tower.js';
export { type TextTowerOptions, textTower } from './dual/text-tower.js';
export {
  type CollapseMonitor,
  type CollapseReport,
  collapseMonitor,
  type MonitoredBatch,
} from './fit/collapse-monitor.js';
export type { Diagnosis } from './fit/diagnose.js';
export { embedData } from './fit/embed-data.js';
export type { EmbeddingStatistics } from './fit/embedding-statistics.js';
export { fit } from './fit/fit.js';
export type {
  CheckpointOptions,
  EarlyStopping,
  EmbedData,
  FitHistory,
  FitOptions,
  FitProgress,
  FitResult,
  Validation,
} from './fit/fit-options.js';
export type { GradientEngine, StepGradients } from './fit/gradient-engine.js';
export { singleThreadEngine } from './fit/single-thread-engine.js';
export type { StateArray, StepState } from './fit/step-state.js';
export { type ArcFaceLossOptions, arcFaceLoss } from './losses/arc-face-loss.js';
export { type CircleLossOptions, circleLoss } from './losses/circle-loss.js';
export type { ClassWeightOptions } from './losses/class-weights.js';
export { type ClipLossOptions, clipLoss } from './losses/clip-loss.js';
export { type ContrastiveLossOptions, contrastiveLoss } from './losses/contrastive-loss.js';
export { type CosFaceLossOptions, cosFaceLoss } from './losses/cos-face-loss.js';
export type { DualEncoderLoss, DualEncoderMatches } from './losses/dual-encoder-loss.js';
export type { Loss, Reduction, Reference } from './losses/loss.js';
export { type MarginLossOptions, marginLoss } from './losses/margin-loss.js';
export { type MultiSimilarityLossOptions, multiSimilarityLoss } from './losses/multi-similarity-loss.js';
export { type NPairsLossOptions, nPairsLoss } from './losses/n-pairs-loss.js';
export { type NormalizedSoftmaxLossOptions, normalizedSoftmaxLoss } from './losses/normalized-softmax-loss.js';
export { type NtXentLossOptions, ntXentLoss } from './losses/nt-xent-loss.js';
export { type ProxyAnchorLossOptions, proxyAnchorLoss } from './losses/proxy-anchor-loss.js';
export { type RangeLossOptions, rangeLoss } from './losses/range-loss.js';
export { type SigLipLossOptions, sigLipLoss } from './losses/sig-lip-loss.js';
export type { SimilarityLossOptions } from './losses/similarity-loss.js';
export {
  type SoftTargetDualEncoderLossOptions,
  softTargetDualEncoderLoss,
} from './losses/soft-target-dual-encoder-loss.js';
export { type SupConLossOptions, supConLoss } from './losses/sup-con-loss.js';
export type { PairMask, Targets } from './losses/targets.js';
export { type TripletLossOptions, tripletLoss } from './losses/triplet-loss.js';
export { type CrossBatchMemoryOptions, crossBatchMemory } from './memory/cross-batch-memory.js';
export { type EmbeddingMemoryOptions, embeddingMemory } from './memory/embedding-memory.js';
export type { Memory } from './memory/memory.js';
export { allMiner } from './miners/all-miner.js';
export { batchHardMiner } from './miners/batch-hard-miner.js';
export { type DistanceWeightedMinerOptions, distanceWeightedMiner } from './miners/distance-weighted-miner.js';
export { easyMiner } from './miners/easy-miner.js';
export { easyPositiveSemiHardMiner } from './miners/easy-positive-semi-hard-miner.js';
export { hardMiner } from './miners/hard-miner.js';
export type { MinedPairs, Miner } from './miners/miner.js';
export type { MinerDistanceOptions } from './miners/mining-input.js';
export { type MultiSimilarityMinerOptions, multiSimilarityMiner } from './miners/multi-similarity-miner.js';
export { nearestFartherNegativeMiner } from './miners/nearest-farther-negative-miner.js';
export { type PairMarginMinerOptions, pairMarginMiner } from './miners/pair-margin-miner.js';
export { semiHardMiner } from './miners/semi-hard-miner.js';
export type { MarginMinerOptions, TripletMinerOptions } from './miners/triplet-band-miner.js';
export { attachHead } from './models/attach-head.js';
export { type ConvEmbedder, createConvEmbedder, rebuildConvEmbedder } from './models/conv-embedder.js';
export type { ConvArchitecture, ConvEmbedderOptions, ConvLayer } from './models/conv-embedder-architecture.js';
export type { EmbeddingBag } from './models/embedding-bag.js';
export { type FineTuneOptions, type FineTuning, fineTune } from './models/fine-tune.js';
export { createHead, type Head, type HeadOptions } from './models/head.js';
export { type JoinedEmbedders, joinEmbedders } from './models/join-embedders.js';
export { projectGallery } from './models/project-gallery.js';
export { createProjectionHead, type ProjectionHead, type ProjectionHeadOptions } from './models/projection-head.js';
export { type SavableModel, saveEmbedder, type ToEmbedderOptions, toEmbedder } from './models/save-embedder.js';
export { createTextEncoder, type TextEncoder, type TextEncoderOptions } from './models/text-encoder.js';
export type { ForwardOptions, TrainableModel, TrainableWeight } from './models/trainable-model.js';
export { type AdamWOptions, adamW } from './optimizers/adam-w.js';
export type { Optimizer, WeightUpdate } from './optimizers/optimizer.js';
export { type SgdOptions, sgd } from './optimizers/sgd.js';
export { createParallelEngine, type ParallelEngineOptions } from './parallel/create-parallel-engine.js';
export { type HierarchicalSamplerOptions, hierarchicalSampler } from './samplers/hierarchical-sampler.js';
export { type PerClassSamplerOptions, perClassSampler } from './samplers/per-class-sampler.js';
export type { Sampler } from './samplers/sampler.js';
export { type WeightedSamplerOptions, weightedSampler } from './samplers/weighted-sampler.js';
export { constantRate } from './schedules/constant-rate.js';
export type { Schedule, SchedulePoint } from './schedules/schedule.js';
export { stepDecay } from './schedules/step-decay.js';
export { warmupCosine } from './schedules/warmup-cosine.js';
export { enableWasmTraining } from './wasm/enable-wasm-training.js';
