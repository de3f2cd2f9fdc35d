import type { Gallery } from './gallery.js';
import type { JobOptions } from './job.js';
import type { Vectors } from './vectors.js';

/** One answer of a classifier. */
export interface Classification {
  readonly label: string;
  /** Similarity, higher is better; for cosine aggregations from -1 to 1. */
  readonly score: number;
  /** The gallery row of this label that is nearest to the input: the picture that decided. */
  readonly nearestId: string;
  /** True when the score is below the threshold of `unknownBelow` (the first answer true: the input is of no known class). */
  readonly unknown: boolean;
}

export interface ClassifyOptions {
  /** How many labels to return, best first; ties by the order of `labels`. Default 3; more than there are gives all. */
  readonly k?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ClassifyBatchOptions extends ClassifyOptions, JobOptions {
  /** Inputs embedded at a time. */
  readonly batchSize?: number | undefined;
}

/** Ids for new rows; made from the label where left out. */
export interface AddOptions extends JobOptions {
  readonly ids?: readonly string[] | undefined;
}

/**
 * A classifier computed from a gallery. Several engines offer it (tfjs layers, an index); all keep the same
 * contract. Edits are computed, never trained, and leave the classifier as if it had been built from the edited gallery.
 */
export interface Classifier<Input> {
  /** Classes in order of their first row. */
  readonly labels: readonly string[];
  /** The rows as they are now, unit length. */
  readonly gallery: Gallery;
  /** The embedder's identity. */
  readonly modelId: string;
  /** Best `k` labels, best first. */
  classify(input: Input, options?: ClassifyOptions): Promise<Classification[]>;
  classifyBatch(inputs: readonly Input[], options?: ClassifyBatchOptions): Promise<Classification[][]>;
  /** The same for vectors of the classifier's own embedder, shape `[n, dim]`; they need not be normalised. */
  classifyVectors(vectors: Vectors, options?: ClassifyOptions): Promise<Classification[][]>;
  /** Adds a class that is not there yet. @throws {NearkinError} `DUPLICATE_LABEL`, `EMPTY_ALBUM` for no inputs */
  addClass(label: string, inputs: readonly Input[], options?: AddOptions): Promise<void>;
  /** Adds examples to a class that is there. @throws {NearkinError} `UNKNOWN_LABEL` */
  addExamples(label: string, inputs: readonly Input[], options?: AddOptions): Promise<void>;
  /** Adds rows that are embedded already, to old or new classes. */
  addGallery(gallery: Gallery): void;
  /** @throws {NearkinError} `UNKNOWN_LABEL`; `TOO_FEW_CLASSES` when none would be left */
  removeClass(label: string): void;
  /** Removes one row; a class goes with its last row. @throws {NearkinError} `UNKNOWN_ID` */
  removeExample(id: string): void;
  /** @throws {NearkinError} `UNKNOWN_LABEL`, `DUPLICATE_LABEL` when the new name is taken */
  renameClass(from: string, to: string): void;
  /** Writes everything needed to open it again; atomically, an old file stays whole until the new one is. */
  save(target: string): Promise<void>;
  dispose(): void;
  [Symbol.dispose](): void;
}
