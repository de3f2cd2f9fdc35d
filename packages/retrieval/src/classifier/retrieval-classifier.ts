import {
  type AddOptions,
  assertFinite,
  assertSameModel,
  type BundleTarget,
  type Classification,
  type Classifier,
  type ClassifyBatchOptions,
  type ClassifyOptions,
  createGallery,
  type Embedder,
  embedGallery,
  type Gallery,
  NearkinError,
  throwIfAborted,
  type Vectors,
} from '@nearkin/core';
import { type AggregationSettings, checkAggregation } from '../matching/aggregation.js';
import { assertPositiveInteger } from '../matching/positive-integer.js';
import { unitRows } from '../matching/unit-rows.js';
import { assertClasses } from './assert-classes.js';
import { ClassScorer, type ScoredQuery } from './class-scorer.js';
import {
  type ClassifierOptions,
  type ClassifierSettings,
  checkQuantization,
  type ModelMetadata,
  type Quantization,
} from './classifier-options.js';
import { freshIds } from './fresh-ids.js';
import { saveClassifier } from './save-classifier.js';
import { Thresholds, type UnknownBelow } from './thresholds.js';
import { toClassifications } from './to-classifications.js';

/** Made by `buildClassifier` and `loadClassifier`; see {@link Classifier} for what the methods promise. */
export class RetrievalClassifier<Input> implements Classifier<Input> {
  /** The embedder it was built with; `dispose()` leaves it alone unless the classifier loaded it. */
  readonly embedder: Embedder<Input>;
  readonly #aggregation: AggregationSettings;
  readonly #quantize: Quantization;
  readonly #metadata: ModelMetadata;
  #thresholds: Thresholds;
  readonly #scorer: ClassScorer;
  readonly #ownsEmbedder: boolean;
  #gallery: Gallery | undefined;
  #disposed = false;

  /** @internal */
  constructor(
    embedder: Embedder<Input>,
    gallery: Gallery,
    options: ClassifierOptions & { readonly ownsEmbedder?: boolean | undefined },
  ) {
    this.embedder = embedder;
    this.#ownsEmbedder = options.ownsEmbedder ?? false;
    this.#aggregation = checkAggregation(options);
    this.#quantize = checkQuantization(options.quantize);
    this.#metadata = Object.freeze({ ...options.metadata });
    this.#checkRows(gallery);
    const labels = new Set(gallery.labels);
    assertClasses(labels.size);
    this.#thresholds = new Thresholds(options.unknownBelow, [...labels]);
    this.#scorer = new ClassScorer(embedder.dim, { settings: this.#aggregation, int8: this.#quantize === 'int8' });
    this.#scorer.add(gallery);
  }

  get labels(): readonly string[] {
    this.#assertAlive();
    return Object.freeze(this.#scorer.rows.classes().map((owner) => owner.label));
  }

  get gallery(): Gallery {
    this.#assertAlive();
    this.#gallery ??= this.#scorer.rows.toGallery(this.modelId);
    return this.#gallery;
  }

  get modelId(): string {
    return this.embedder.id;
  }

  /** How it decides, as it is now; pass it to `buildClassifier` to build the same again. */
  get settings(): ClassifierSettings {
    return Object.freeze({
      ...this.#aggregation,
      quantize: this.#quantize,
      unknownBelow: this.#thresholds.value(),
      metadata: this.#metadata,
    });
  }

  async classify(input: Input, options: ClassifyOptions = {}): Promise<Classification[]> {
    const k = this.#checkQuery(options);
    const vectors = await this.embedder.embed([input], { signal: options.signal });
    const [query] = await this.#score(vectors, 1, options.signal);
    return this.#answer(query!, k);
  }

  async classifyBatch(inputs: readonly Input[], options: ClassifyBatchOptions = {}): Promise<Classification[][]> {
    const k = this.#checkQuery(options);
    const { batchSize = 8, signal, onProgress } = options;
    assertPositiveInteger('batchSize', batchSize);
    const out: Classification[][] = [];
    for (let from = 0; from < inputs.length; from += batchSize) {
      throwIfAborted(signal);
      const batch = inputs.slice(from, from + batchSize);
      const vectors = await this.embedder.embed(batch, { signal });
      for (const query of await this.#score(vectors, batch.length, signal)) out.push(this.#answer(query, k));
      onProgress?.({ done: out.length, total: inputs.length, phase: 'classify' });
    }
    return out;
  }

  async classifyVectors(vectors: Vectors, options: ClassifyOptions = {}): Promise<Classification[][]> {
    const k = this.#checkQuery(options);
    const queries = await this.#score(vectors, vectors.count, options.signal);
    return queries.map((query) => this.#answer(query, k));
  }

  async addClass(label: string, inputs: readonly Input[], options: AddOptions = {}): Promise<void> {
    await this.#add(label, inputs, { ...options, check: () => this.#assertFree(label) });
  }

  async addExamples(label: string, inputs: readonly Input[], options: AddOptions = {}): Promise<void> {
    await this.#add(label, inputs, { ...options, check: () => this.#scorer.rows.class(label) });
  }

  /** Rows of the same embedder, to old or new classes; all or none. @throws {NearkinError} `EMPTY_GALLERY`, `DUPLICATE_ID`, `MODEL_MISMATCH`, `DIMENSION_MISMATCH`, `NON_FINITE` */
  addGallery(gallery: Gallery): void {
    this.#assertAlive();
    this.#checkRows(gallery);
    this.#append(gallery);
  }

  /** A classifier keeps two classes at least, as a built one has: to replace the last but one, add first. @throws {NearkinError} `UNKNOWN_LABEL`, `TOO_FEW_CLASSES` */
  removeClass(label: string): void {
    this.#assertAlive();
    const owner = this.#scorer.rows.class(label);
    assertClasses(this.#scorer.rows.classCount - 1);
    this.#scorer.removeClass(owner);
    this.#thresholds.remove(label);
    this.#gallery = undefined;
  }

  /** @throws {NearkinError} `UNKNOWN_ID`; `TOO_FEW_CLASSES` when it is the last row of one of the last two classes */
  removeExample(id: string): void {
    this.#assertAlive();
    const row = this.#scorer.rows.row(id);
    const { label, rows } = row.owner;
    if (rows.size === 1) {
      assertClasses(this.#scorer.rows.classCount - 1);
      this.#thresholds.remove(label);
    }
    this.#scorer.removeRow(row);
    this.#gallery = undefined;
  }

  renameClass(from: string, to: string): void {
    this.#assertAlive();
    const owner = this.#scorer.rows.class(from);
    if (from === to) return;
    this.#assertFree(to);
    this.#scorer.rename(owner, to);
    this.#thresholds.rename(from, to);
    this.#gallery = undefined;
  }

  /**
   * Replaces every threshold under which an answer counts as unknown, such as by one that was calibrated on examples.
   *
   * @param unknownBelow a score for all classes, or one for each class that has one; undefined: nothing is unknown
   * @throws {NearkinError} `INVALID_ARGUMENT` for a score that is not finite, `UNKNOWN_LABEL`; the old ones then stay
   * @example
   * classifier.setUnknownBelow(0.9);
   * classifier.settings.unknownBelow; // 0.9
   */
  setUnknownBelow(unknownBelow: UnknownBelow | undefined): void {
    this.#assertAlive();
    this.#thresholds = new Thresholds(unknownBelow, this.labels);
  }

  async save(target: BundleTarget): Promise<void> {
    this.#assertAlive();
    await saveClassifier(this, target);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#scorer.dispose();
    this.#gallery = undefined;
    if (this.#ownsEmbedder) this.embedder.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #score(vectors: Vectors, expected: number, signal: AbortSignal | undefined): Promise<ScoredQuery[]> {
    this.#assertAlive();
    throwIfAborted(signal);
    assertSameModel({ vectors: this.embedder }, { vectors });
    if (vectors.count !== expected)
      throw new NearkinError(
        'DIMENSION_MISMATCH',
        `Expected ${expected} embeddings, one for each input, got ${vectors.count}.`,
        { details: { expected, received: vectors.count } },
      );
    assertFinite(vectors);
    return this.#scorer.score(unitRows(vectors).data, vectors.count);
  }

  #answer(query: ScoredQuery, k: number): Classification[] {
    return toClassifications(query, { k, thresholds: this.#thresholds });
  }

  /** Embeds everything, then adds it in one step: all or nothing, and checked again, as other edits may have come between. */
  async #add(
    label: string,
    inputs: readonly Input[],
    options: AddOptions & { readonly check: () => void },
  ): Promise<void> {
    const { ids, signal, onProgress, check } = options;
    this.#assertAlive();
    check();
    if (inputs.length === 0)
      throw new NearkinError('EMPTY_ALBUM', `Expected at least one example of ${JSON.stringify(label)}, got none.`, {
        details: { label },
      });
    const newIds = () => freshIds(label, inputs.length, { given: ids, taken: this.#scorer.rows });
    const items = newIds().map((id, i) => ({ id, label, input: () => inputs[i]! }));
    const gallery = await embedGallery(this.embedder, items, { signal, onProgress });
    this.#assertAlive();
    check();
    this.#append(createGallery({ ...gallery, ids: newIds() }));
  }

  #append(gallery: Gallery): void {
    this.#scorer.add(gallery);
    this.#gallery = undefined;
  }

  #checkRows(gallery: Gallery): void {
    if (gallery.vectors.count === 0)
      throw new NearkinError('EMPTY_GALLERY', 'Expected a gallery with rows, got an empty one.');
    assertSameModel({ modelId: this.embedder.id, vectors: this.embedder }, gallery);
  }

  #checkQuery({ k = 3, signal }: ClassifyOptions): number {
    this.#assertAlive();
    throwIfAborted(signal);
    return assertPositiveInteger('k', k);
  }

  #assertFree(label: string): void {
    if (this.#scorer.rows.has(label))
      throw new NearkinError(
        'DUPLICATE_LABEL',
        `There is a class ${JSON.stringify(label)} already; use addExamples to extend it.`,
        { details: { label } },
      );
  }

  #assertAlive(): void {
    if (this.#disposed) throw new NearkinError('DISPOSED', 'This classifier was disposed; build or load it again.');
  }
}
