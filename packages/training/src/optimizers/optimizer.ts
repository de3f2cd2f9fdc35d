/** What one update of one weight gets. Arrays are changed in place. */
export interface WeightUpdate {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  /** The optimiser's own numbers of this weight, by the names in {@link Optimizer.slots}; zeros at first. */
  readonly slots: Readonly<Record<string, Float32Array>>;
  /** Updates done, this one included: 1 at first. */
  readonly update: number;
  /** With schedule and the weight's own scale applied. */
  readonly learningRate: number;
  /** Whether weight decay applies to this weight. */
  readonly decay: boolean;
}

/** A rule that moves weights against their gradients. It holds no state: runs keep the slots, and checkpoints hold them. */
export interface Optimizer {
  readonly name: string;
  /** The rate before the schedule's factor. */
  readonly learningRate: number;
  /** Arrays that it keeps of each weight, as long as the weight. */
  readonly slots: readonly string[];
  update(target: WeightUpdate): void;
}
