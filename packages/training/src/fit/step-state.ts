/** Numbers with their shape, row-major. */
export interface StateArray {
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

/**
 * What is carried from step to step beside weights: the rows of a memory, a counter. Checkpoints hold it, so that a
 * resumed run goes on exactly where it stopped.
 */
export interface StepState {
  /** Copies of all there is, by name. */
  save(): Readonly<Record<string, StateArray>>;
  /** Takes what {@link StepState.save} gave. */
  restore(state: Readonly<Record<string, StateArray>>): void;
}
