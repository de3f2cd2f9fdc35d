import {
  type BundleSource,
  type BundleTarget,
  createGallery,
  createVectors,
  type Gallery,
  NearkinError,
  type Vectors,
} from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import { ClassScorer } from '../classifier/class-scorer.js';
import { checkAggregation } from '../matching/aggregation.js';
import { assertPositiveInteger } from '../matching/positive-integer.js';
import { unitRows } from '../matching/unit-rows.js';
import { readKnn, writeKnn } from './knn-file.js';

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
  #added = 0;
  #dataset: Record<string, tf.Tensor2D> | undefined;
  #disposed = false;

  /** @internal */
  constructor({ k = 3 }: KnnOptions) {
    this.#k = assertPositiveInteger('k', k);
  }

  /**
   * Adds one example; its shape does not matter, its size must be that of the others.
   *
   * @throws {NearkinError} `DIMENSION_MISMATCH`, `NON_FINITE`, `DISPOSED`
   */
  addExample(example: tf.Tensor, label: number | string): void {
    this.#assertAlive();
    this.#append(Float32Array.from(example.dataSync()), String(label));
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
    const scorer = this.#scorer;
    if (!scorer || scorer.rows.size === 0)
      throw new NearkinError('EMPTY_GALLERY', 'Expected at least one example before predictClass; call addExample.');
    const query = this.#vectors(Float32Array.from(await input.data()), 1);
    this.#assertAlive();
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
    const scorer = this.#scorer;
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
    this.#dim = 0;
  }

  getNumClasses(): number {
    this.#assertAlive();
    return this.#scorer?.rows.classCount ?? 0;
  }

  getClassExampleCount(): Record<string, number> {
    this.#assertAlive();
    const classes = this.#scorer?.rows.classes() ?? [];
    return Object.fromEntries(classes.map(({ label, rows }) => [label, rows.size]));
  }

  /** Unit examples by label, `[examples, size]`; valid until the next change. */
  getClassifierDataset(): Record<string, tf.Tensor2D> {
    this.#assertAlive();
    this.#dataset ??= Object.fromEntries(
      (this.#scorer?.rows.classes() ?? []).map(({ label, rows }) => {
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
      const data = Float32Array.from(tensor.dataSync());
      for (let i = 0; i < count; i++) next.#append(data.slice(i * dim, (i + 1) * dim), label);
    }
    this.#become(next);
  }

  /** Writes the examples to a folder (Node) or `indexeddb://name`. @throws {NearkinError} `EMPTY_GALLERY`, `DISK_FULL`, `IO_ERROR` */
  async save(target: BundleTarget): Promise<void> {
    this.#assertAlive();
    if (!this.#scorer) throw new NearkinError('EMPTY_GALLERY', 'There is no example to save yet.');
    await writeKnn(this.#scorer.rows.toGallery(undefined), target);
  }

  /** Replaces all examples by saved ones. @throws {NearkinError} `NOT_FOUND`, `BAD_FORMAT`, `UNSUPPORTED_VERSION` */
  async load(source: BundleSource): Promise<void> {
    this.#assertAlive();
    const gallery = await readKnn(source);
    this.#assertAlive();
    const next = new KnnClassifier({ k: this.#k });
    next.#appendAll(gallery);
    next.#added = gallery.vectors.count;
    this.#become(next);
  }

  dispose(): void {
    this.clearAllClasses();
    this.#disposed = true;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #append(data: Float32Array, label: string): void {
    const vectors = this.#vectors(data, 1);
    this.#appendAll(createGallery({ vectors, ids: [`${this.#added}`], labels: [label] }));
    this.#added++;
  }

  #appendAll(gallery: Gallery): void {
    this.#dim = gallery.vectors.dim;
    this.#scorer ??= new ClassScorer(this.#dim, { settings: checkAggregation({}), int8: false });
    this.#scorer.add(gallery);
    this.#forgetDataset();
  }

  #become(next: KnnClassifier): void {
    this.clearAllClasses();
    this.#scorer = next.#scorer;
    this.#dim = next.#dim;
    this.#added = next.#added;
  }

  #vectors(data: Float32Array, count: number): Vectors {
    const dim = this.#dim || data.length;
    if (data.length !== count * dim || dim === 0)
      throw new NearkinError(
        'DIMENSION_MISMATCH',
        `Expected an example of ${dim || 'some'} numbers, got ${data.length}.`,
        {
          details: { expected: dim, received: data.length },
        },
      );
    return createGallery({ vectors: createVectors(data, dim), ids: [''] }).vectors;
  }

  #forgetDataset(): void {
    if (this.#dataset) tf.dispose(Object.values(this.#dataset));
    this.#dataset = undefined;
  }

  #assertAlive(): void {
    if (this.#disposed) throw new NearkinError('DISPOSED', 'This classifier was disposed; make a new one.');
  }
}
