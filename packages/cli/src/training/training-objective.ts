import {
  arcFaceLoss,
  batchHardMiner,
  circleLoss,
  contrastiveLoss,
  cosFaceLoss,
  distanceWeightedMiner,
  easyMiner,
  hardMiner,
  type Loss,
  type Miner,
  marginLoss,
  multiSimilarityLoss,
  multiSimilarityMiner,
  normalizedSoftmaxLoss,
  nPairsLoss,
  ntXentLoss,
  proxyAnchorLoss,
  rangeLoss,
  semiHardMiner,
  supConLoss,
  tripletLoss,
} from '@nearkin/training';
import type { TrainOptions } from '../options/train-options.js';

type Sizes = { readonly classes: number; readonly dim: number; readonly seed: number };

/** Losses by name, with the defaults of their papers. */
const losses: Readonly<Record<TrainOptions['loss'], (sizes: Sizes) => Loss>> = {
  supCon: () => supConLoss(),
  ntXent: () => ntXentLoss(),
  multiSimilarity: () => multiSimilarityLoss(),
  contrastive: () => contrastiveLoss(),
  triplet: () => tripletLoss(),
  margin: () => marginLoss(),
  circle: () => circleLoss(),
  nPairs: () => nPairsLoss(),
  range: () => rangeLoss(),
  proxyAnchor: proxyAnchorLoss,
  normalizedSoftmax: normalizedSoftmaxLoss,
  arcFace: arcFaceLoss,
  cosFace: cosFaceLoss,
};

const miners: Readonly<Record<TrainOptions['miner'], () => Miner | undefined>> = {
  none: () => undefined,
  hard: () => hardMiner(),
  semiHard: () => semiHardMiner(),
  easy: () => easyMiner(),
  batchHard: () => batchHardMiner(),
  multiSimilarity: () => multiSimilarityMiner(),
  distanceWeighted: () => distanceWeightedMiner(),
};

/** What is to be made small, and which pairs of a batch count. */
export function trainingObjective(
  { loss, miner }: Pick<TrainOptions, 'loss' | 'miner'>,
  sizes: Sizes,
): { loss: Loss; miner: Miner | undefined } {
  return { loss: losses[loss](sizes), miner: miners[miner]() };
}
