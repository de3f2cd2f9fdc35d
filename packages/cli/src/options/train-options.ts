export const lossNames = [
  'supCon',
  'ntXent',
  'multiSimilarity',
  'contrastive',
  'triplet',
  'margin',
  'circle',
  'nPairs',
  'range',
  'proxyAnchor',
  'normalizedSoftmax',
  'arcFace',
  'cosFace',
] as const;

export const minerNames = [
  'none',
  'hard',
  'semiHard',
  'easy',
  'batchHard',
  'multiSimilarity',
  'distanceWeighted',
] as const;

export interface TrainOptions {
  readonly output: string;
  readonly base?: string;
  readonly layer?: string;
  readonly head?: boolean;
  readonly fineTune?: string;
  readonly loss: (typeof lossNames)[number];
  readonly miner: (typeof minerNames)[number];
  readonly memory?: number;
  readonly epochs?: number;
  readonly minutes?: number;
  readonly learningRate?: number;
  readonly size: number;
  readonly dim?: number;
  readonly augment: 'photos' | 'drawings' | 'none';
  readonly classesPerBatch?: number;
  readonly perClass: number;
  readonly validation: number;
  readonly patience: number;
  readonly checkpoint?: string;
  readonly resume?: boolean;
  readonly quantize?: 'uint8';
  readonly report?: string;
  readonly seed: number;
  readonly workers?: number;
}
