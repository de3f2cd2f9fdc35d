import {
  assertFinite,
  type BundleSource,
  type BundleTarget,
  createVectors,
  NearkinError,
  vectorAt,
} from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import { ClassScorer } from '../classifier/class-scorer.js';
import { checkAggregation } from '../matching/aggregation.js';
import { assertPositiveInteger } from '../matching/positive-integer.js';
import { unitRows } from '../matching/unit-rows.js';
import { readKnn, writeKnn } from './knn-file.js';
import { PendingExamples } from './pending-examples.js';

/** What `predictClass` answers. */
export interface KnnPrediction {
  readonly label: string;
  /** Position of the label in the order in which labels were first added. */
  readonly classIndex: number;
  /** For each label its share of the `k` nearest examples. */
  readonly confidences: Record<string, number>;
}

export interface KnnOptions {
  /** Neighbours that vote when `predictClass` is not told; default 3. */
  readonly k?: number | undefined;
}

/**
 * A nearest-neighbour classifier of tensors in the shape of `@tensorflow-models/knn-classifier`, for programs that move
 * over: the same calls, examples added in constant time, labels that survive `setClassifierDataset`, `save` and `load`.
 * When labels have equally many of the `k` nearest examples, the label of the nearest of them wins (there: the label
 * added first, so that one example a class and the default k answered at random).
 *
 * Answers are by cosine. Tensors given to it stay the caller's; those it gives out are its own.
 *
 * @example
 * const knn = knnClassifier();
 * knn.addExample(activation, 'cat');
 * (await knn.predictClass(activation)).label; // 'cat'
 */
export function knnClassifier(options: KnnOptions = {}): KnnClassifier {
  return new KnnClassifier(options);
}

/** Made by {@link knnClassifier}. */
export class KnnClassifier {
  readonly #k: number;
  #dim = 0;
  #scorer: ClassScorer | undefined;
  #pending: PendingExamples | undefined;
  #added = 0;
  #dataset: Record<string, tf.Tensor2D> | undefined;
  #disposed = false;

  /** @internal */
  constructor({ k = 3 }: KnnOptions) {
    this.#k = assertPositiveInteger('k', k);
  }

  /**
   * Adds one example; its shape does not matter, its size must be that of the others. Costs reading the tensor, a check
   * and a copy; everything else waits for the next question.
   *
   * @throws {NearkinError} `DIMENSION_MISMATCH`, `NON_FINITE`, `DISPOSED`
   */
  addExample(example: tf.Tensor, label: number | string): void {
    this.#assertAlive();
    this.#append(example.dataSync(), String(label));
  }

  /**
   * The label that has most of the `k` nearest examples.
   *
   * @param k default 3; more than there are examples counts as all
   * @throws {NearkinError} `EMPTY_GALLERY` before the first example, `DIMENSION_MISMATCH`, `NON_FINITE`, `INVALID_ARGUMENT`
   */
  async predictClass(input: tf.Tensor, k: number = this.#k): Promise<KnnPrediction> {
    this.#assertAlive();
    assertPositiveInteger('k', k);
    if (!this.#settled())
      throw new NearkinError('EMPTY_GALLERY', 'Expected at least one example before predictClass; call addExample.');
    const values = Float32Array.from(await input.data());
    this.#assertAlive();
    const scorer = this.#settled();
    if (!scorer) throw new NearkinError('EMPTY_GALLERY', 'The classes were cleared while the input was read.');
    this.#assertSize(values.length);
    const query = createVectors(values, this.#dim);
    assertFinite(query);
    const { neighbours, labels } = await scorer.nearest(unitRows(query).data, k);
    const votes = new Map<string, number>(labels.map((label) => [label, 0]));
    for (const { label } of neighbours) votes.set(label, votes.get(label)! + 1);
    const most = Math.max(...votes.values());
    // Neighbours come nearest first: the first with the most votes breaks the tie.
    const label = neighbours.find((neighbour) => votes.get(neighbour.label) === most)!.label;
    return {
      label,
      classIndex: labels.indexOf(label),
      confidences: Object.fromEntries([...votes].map(([name, count]) => [name, count / neighbours.length])),
    };
  }

  /** Forgets a label's examples. @throws {NearkinError} `UNKNOWN_LABEL` */
  clearClass(label: number | string): void {
    this.#assertAlive();
    const scorer = this.#settled();
    if (!scorer)
      throw new NearkinError('UNKNOWN_LABEL', `There is no class ${JSON.stringify(String(label))}.`, {
        details: { label },
      });
    scorer.removeClass(scorer.rows.class(String(label)));
    this.#forgetDataset();
    if (scorer.rows.size === 0) this.clearAllClasses();
  }

  clearAllClasses(): void {
    this.#forgetDataset();
    this.#scorer?.dispose();
    this.#scorer = undefined;
    this.#pending = undefined;
    this.#dim = 0;
  }

  getNumClasses(): number {
    this.#assertAlive();
    return this.#settled()?.rows.classCount ?? 0;
  }

  getClassExampleCount(): Record<string, number> {
    this.#assertAlive();
    const classes = this.#settled()?.rows.classes() ?? [];
    return Object.fromEntries(classes.map(({ label, rows }) => [label, rows.size]));
  }

  /** Unit examples by label, `[examples, size]`; valid until the next change. */
  getClassifierDataset(): Record<string, tf.Tensor2D> {
    this.#assertAlive();
    const stored = this.#settled()?.rows;
    stored?.settle();
    this.#dataset ??= Object.fromEntries(
      (stored?.classes() ?? []).map(({ label, rows }) => {
        const data = new Float32Array(rows.size * this.#dim);
        [...rows].forEach((row, i) => {
          data.set(row.values as Float32Array, i * this.#dim);
        });
        return [label, tf.keep(tf.tensor2d(data, [rows.size, this.#dim]))];
      }),
    );
    return this.#dataset;
  }

  /**
   * Replaces all examples.
   *
   * @param dataset examples by label, `[examples, size]`; numeric labels come in the order that JavaScript gives them
   * @throws {NearkinError} `DIMENSION_MISMATCH`, `NON_FINITE`; the old examples are then kept
   */
  setClassifierDataset(dataset: Readonly<Record<string, tf.Tensor2D>>): void {
    this.#assertAlive();
    const next = new KnnClassifier({ k: this.#k });
    for (const [label, tensor] of Object.entries(dataset)) {
      const [count, dim] = tensor.shape;
      const data = tensor.dataSync();
      for (let i = 0; i < count; i++) next.#append(data.subarray(i * dim, (i + 1) * dim), label);
    }
    this.#become(next);
  }

  /** Writes the examples to a folder (Node) or `indexeddb://name`. @throws {NearkinError} `EMPTY_GALLERY`, `DISK_FULL`, `IO_ERROR` */
  async save(target: BundleTarget): Promise<void> {
    this.#assertAlive();
    const scorer = this.#settled();
    if (!scorer) throw new NearkinError('EMPTY_GALLERY', 'There is no example to save yet.');
    await writeKnn(scorer.rows.toGallery(undefined), target);
  }

  /** Replaces all examples by saved ones. @throws {NearkinError} `NOT_FOUND`, `BAD_FORMAT`, `UNSUPPORTED_VERSION` */
  async load(source: BundleSource): Promise<void> {
    this.#assertAlive();
    const gallery = await readKnn(source);
    this.#assertAlive();
    const next = new KnnClassifier({ k: this.#k });
    gallery.labels.forEach((label, row) => {
      next.#append(vectorAt(gallery.vectors, row), label);
    });
    this.#become(next);
  }

  dispose(): void {
    this.clearAllClasses();
    this.#disposed = true;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #append(values: ArrayLike<number>, label: string): void {
    this.#assertSize(values.length);
    const dim = values.length;
    const pending = this.#pending ?? new PendingExamples(dim);
    // Which number it is takes another look.
    if (!pending.add(values, label)) assertFinite(createVectors(Float32Array.from(values), dim));
    this.#pending = pending;
    this.#dim = dim;
    if (this.#dataset) this.#forgetDataset();
  }

  /** The examples ready to be asked, the pending ones with them; undefined where there are none. */
  #settled(): ClassScorer | undefined {
    if (this.#pending && this.#pending.count > 0) {
      const gallery = this.#pending.toGallery(this.#added);
      this.#scorer ??= new ClassScorer(this.#dim, { settings: checkAggregation({}), int8: false });
      this.#scorer.add(gallery);
      this.#added += gallery.ids.length;
    }
    this.#pending = undefined;
    return this.#scorer;
  }

  #become(next: KnnClassifier): void {
    this.clearAllClasses();
    this.#scorer = next.#scorer;
    this.#pending = next.#pending;
    this.#dim = next.#dim;
    this.#added = next.#added;
  }

  #assertSize(received: number): void {
    const expected = this.#dim;
    if (received > 0 && (expected === 0 || received === expected)) return;
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected an example of ${expected || 'some'} numbers, got ${received}.`,
      { details: { expected, received } },
    );
  }

  #forgetDataset(): void {
    if (this.#dataset) tf.dispose(Object.values(this.#dataset));
    this.#dataset = undefined;
  }

  #assertAlive(): void {
    if (this.#disposed) throw new NearkinError('DISPOSED', 'This classifier was disposed; make a new one.');
  }
}
