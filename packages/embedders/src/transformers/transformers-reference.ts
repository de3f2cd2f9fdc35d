/** A model of @huggingface/transformers by name, and how it is used: plain data, saved in place of weights. */
export interface TransformersReference {
  /** `OWNER/NAME` on the hub, or a folder as the library finds it. */
  readonly model: string;
  /** Branch, tag or commit on the hub; default `main`. Name a commit where vectors are kept. */
  readonly revision?: string | undefined;
  /** Type of the weights: `fp32`, `fp16`, `q8`, …; the library's choice where left out. */
  readonly dtype?: string | undefined;
  /** How the answer for tokens or patches becomes one vector, for models that do not say so themselves. */
  readonly pooling?: 'first' | 'mean' | undefined;
  /** Whether vectors are scaled to length 1; default true. */
  readonly normalize?: boolean | undefined;
}
