import {
  batchHardMiner,
  contrastiveLoss,
  distanceWeightedMiner,
  type Loss,
  type Miner,
  marginLoss,
  multiSimilarityLoss,
  multiSimilarityMiner,
  ntXentLoss,
  proxyAnchorLoss,
  rangeLoss,
  semiHardMiner,
  tripletLoss,
} from '@nearkin/training';

/** What a loss is made of: the size of the embeddings, the classes, and the value of its one tuned option. */
interface Setting {
  readonly dim: number;
  readonly classes: number;
  readonly value: number;
}

/** A loss with its miner. Each is tuned alike: two values of one option, and two learning rates. */
export interface Method {
  readonly name: string;
  /** The option that is tuned, and its two values: the usual one and one to its side. */
  readonly option: string;
  readonly values: readonly [number, number];
  /** Whether it can compare with a memory. */
  readonly takesMemory: boolean;
  loss(setting: Setting): Loss;
  miner?(setting: Setting): Miner;
}

export const learningRates = [1e-3, 3e-3] as const;

export const methods: readonly Method[] = [
  {
    name: 'contrastive',
    option: 'negMargin',
    values: [0.5, 1],
    takesMemory: true,
    loss: ({ value }) => contrastiveLoss({ negMargin: value }),
  },
  {
    name: 'triplet, semi-hard',
    option: 'margin',
    values: [0.1, 0.2],
    takesMemory: true,
    loss: ({ value }) => tripletLoss({ margin: value }),
    miner: ({ value }) => semiHardMiner({ margin: value }),
  },
  {
    name: 'margin, distance-weighted',
    option: 'beta',
    values: [0.8, 1.2],
    takesMemory: true,
    loss: ({ value }) => marginLoss({ beta: value }),
    miner: ({ value }) => distanceWeightedMiner({ farthest: value + 0.2 }),
  },
  {
    name: 'multi-similarity',
    option: 'base',
    values: [0.5, 0.8],
    takesMemory: true,
    loss: ({ value }) => multiSimilarityLoss({ base: value }),
    miner: () => multiSimilarityMiner(),
  },
  {
    name: 'range',
    option: 'alpha',
    values: [0.001, 0.01],
    takesMemory: false,
    loss: ({ value }) => rangeLoss({ alpha: value }),
  },
  {
    name: 'NT-Xent',
    option: 'temperature',
    values: [0.07, 0.15],
    takesMemory: true,
    loss: ({ value }) => ntXentLoss({ temperature: value }),
  },
  {
    name: 'proxy anchor',
    option: 'learningRateScale',
    values: [10, 30],
    takesMemory: false,
    loss: ({ value, classes, dim }) => proxyAnchorLoss({ classes, dim, learningRateScale: value }),
  },
  {
    name: 'triplet, batch-hard',
    option: 'margin',
    values: [0.1, 0.2],
    takesMemory: true,
    loss: ({ value }) => tripletLoss({ margin: value }),
    miner: () => batchHardMiner(),
  },
];
