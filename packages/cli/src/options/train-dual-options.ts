export interface TrainDualOptions {
  readonly output: string;
  readonly photos?: string;
  readonly base?: string;
  readonly layer?: string;
  readonly loss: 'clip' | 'sigLip' | 'softTarget';
  readonly epochs?: number;
  readonly minutes?: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly chunkSize?: number;
  readonly captionsPerImage: number | 'all';
  readonly size: number;
  readonly dim: number;
  readonly augment: 'photos' | 'drawings' | 'none';
  readonly validation: number;
  readonly patience: number;
  readonly checkpoint?: string;
  readonly resume?: boolean;
  readonly quantize?: 'uint8';
  readonly report?: string;
  readonly seed: number;
}
