import {
  type AddOptions,
  assertFinite,
  assertSameModel,
  type Classification,
  type Classifier,
  type ClassifyBatchOptions,
  type ClassifyOptions,
  createGallery,
  createVectors,
  type Embedder,
  embedGallery,
  type Gallery,
  l2Normalize,
  NearkinError,
  throwIfAborted,
  type Vectors,
} from '@nearkin/core';
import { saveIndex } from '../file/index-file.js';
import { readRow } from '../search/read-row.js';
import type { RowTable } from '../state/row-table.js';
import type { SearchIndex } from '../state/search-index.js';
import { answerClasses } from './class-answers.js';
import { assertClasses, assertPositive } from './class-checks.js';
import { ClassThresholds } from './class-thresholds.js';
import type { CreateClassifierOptions } from './create-classifier.js';

const inputsAtATime = 8;

/** See `createClassifier`. */
export class IndexClassifier<Input> implements Classifier<Input> {
  readonly #embedder: Embedder<Input>;
  readonly #index: SearchIndex;
  readonly #thresholds: ClassThresholds;
  #view: { version: number; order: Map<string, number> } | undefined;
  #disposed = false;

  constructor(embedder: Embedder<Input>, index: SearchIndex, { unknownBelow }: CreateClassifierOptions) {
    this.#embedder = embedder;
    this.#index = index;
    this.#thresholds =
      unknownBelow === undefined
        ? ClassThresholds.restore(index.stats().unknownBelow, (label) => index.state.rows.rowsOf(label).length > 0)
        : new ClassThresholds(unknownBelow);
    const order = this.#order();
    assertClasses(order.size);
    if (order.has(''))
      throw new NearkinError('UNKNOWN_LABEL', 'Expected every row of the index to have a label; some have none.');
    for (const label of this.#thresholds.labels) this.#rowsOf(label);
  }

  get labels(): readonly string[] {
    return Object.freeze([...this.#order().keys()]);
  }

  get gallery(): Gallery {
    const { state } = this.#open();
    const numbers = state.rows.rows();
    const data = new Float32Array(numbers.length * this.#index.dim);
    numbers.forEach((row, i) => {
      data.set(readRow(state, row), i * this.#index.dim);
    });
    return createGallery({
      vectors: l2Normalize(createVectors(data, this.#index.dim)),
      ids: numbers.map((row) => state.rows.id(row)!),
      labels: numbers.map((row) => state.rows.label(row)),
      modelId: this.modelId,
      metadata: state.rows.hasMetadata ? numbers.map((row) => state.rows.metadata(row) ?? null) : undefined,
    });
  }

  get modelId(): string {
    return this.#embedder.id;
  }

  async classify(input: Input, options: ClassifyOptions = {}): Promise<Classification[]> {
    const [answer] = await this.classifyBatch([input], options);
    return answer!;
  }

  async classifyBatch(inputs: readonly Input[], options: ClassifyBatchOptions = {}): Promise<Classification[][]> {
    const { batchSize = inputsAtATime, signal, onProgress, k } = options;
    this.#open();
    assertPositive('batchSize', batchSize);
    const answers: Classification[][] = [];
    for (let first = 0; first < inputs.length; first += batchSize) {
      throwIfAborted(signal);
      const vectors = await this.#embedder.embed(inputs.slice(first, first + batchSize), { signal });
      answers.push(...(await this.classifyVectors(vectors, { k, signal })));
      onProgress?.({ done: answers.length, total: inputs.length, phase: 'classify' });
    }
    return answers;
  }

  async classifyVectors(vectors: Vectors, { k = 3, signal }: ClassifyOptions = {}): Promise<Classification[][]> {
    this.#open();
    throwIfAborted(signal);
    assertPositive('k', k);
    assertSameModel({ vectors: this.#index }, { vectors });
    assertFinite(vectors);
    return answerClasses(this.#index, vectors, {
      k,
      order: this.#order(),
      isUnknown: (label, score) => this.#thresholds.isUnknown(label, score),
    });
  }

  async addClass(label: string, inputs: readonly Input[], options: AddOptions = {}): Promise<void> {
    await this.#add(label, inputs, { ...options, check: () => this.#assertFree(label) });
  }

  async addExamples(label: string, inputs: readonly Input[], options: AddOptions = {}): Promise<void> {
    await this.#add(label, inputs, { ...options, check: () => this.#rowsOf(label) });
  }

  addGallery(gallery: Gallery): void {
    this.#open();
    if (gallery.vectors.count === 0)
      throw new NearkinError('EMPTY_GALLERY', 'Expected a gallery with rows, got an empty one.');
    if (gallery.labels.some((label) => label === ''))
      throw new NearkinError('UNKNOWN_LABEL', 'Expected every row to have a label; some have none.');
    this.#index.add(gallery);
  }

  removeClass(label: string): void {
    const rows = this.#rowsOf(label);
    assertClasses(this.#order().size - 1);
    const ids = rows.map((row) => this.#rows().id(row)!);
    this.#index.remove(ids);
    this.#thresholds.remove(label);
  }

  removeExample(id: string): void {
    const row = this.#rows().find(id);
    if (row === undefined)
      throw new NearkinError('UNKNOWN_ID', `There is no example with the id ${JSON.stringify(id)}.`, {
        details: { id },
      });
    const label = this.#rows().label(row);
    const last = this.#rowsOf(label).length === 1;
    if (last) assertClasses(this.#order().size - 1);
    this.#index.remove([id]);
    if (last) this.#thresholds.remove(label);
  }

  renameClass(from: string, to: string): void {
    const rows = this.#rowsOf(from);
    if (from === to) return;
    this.#assertFree(to);
    for (const row of [...rows]) this.#rows().setLabel(row, to);
    this.#thresholds.rename(from, to);
  }

  /** Writes the index, with the thresholds: `createClassifier(embedder, await openIndex(target))` is this classifier. */
  async save(target: string): Promise<void> {
    const { state } = this.#open();
    const { unknownBelow: _, ...header } = state.header;
    const unknownBelow = this.#thresholds.store();
    state.header = { ...header, ...(unknownBelow === undefined ? {} : { unknownBelow }) };
    await saveIndex(this.#index, target);
  }

  dispose(): void {
    this.#disposed = true;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #add(
    label: string,
    inputs: readonly Input[],
    { ids, signal, onProgress, check }: AddOptions & { readonly check: () => void },
  ): Promise<void> {
    this.#open();
    check();
    if (label === '') throw new NearkinError('INVALID_ARGUMENT', 'Expected a label with at least one character.');
    if (inputs.length === 0)
      throw new NearkinError('EMPTY_ALBUM', `Expected at least one example of ${JSON.stringify(label)}, got none.`);
    if (ids && ids.length !== inputs.length)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected ${inputs.length} ids, one for each input, got ${ids.length}.`,
      );
    const names = ids ?? this.#freshIds(label, inputs.length);
    const items = names.map((id, i) => ({ id, label, input: () => inputs[i]! }));
    const gallery = await embedGallery(this.#embedder, items, { signal, onProgress });
    check();
    this.addGallery(gallery);
  }

  /** `label#1`, `label#2`, … as far as they are free. */
  #freshIds(label: string, count: number): string[] {
    const ids: string[] = [];
    for (let number = 1; ids.length < count; number++)
      if (this.#rows().find(`${label}#${number}`) === undefined) ids.push(`${label}#${number}`);
    return ids;
  }

  #open(): SearchIndex {
    if (this.#disposed) throw new NearkinError('DISPOSED', 'This classifier was disposed; create it again.');
    return this.#index;
  }

  #rows(): RowTable {
    return this.#open().state.rows;
  }

  /** Labels in order of their first row, each with its place. */
  #order(): Map<string, number> {
    const rows = this.#rows();
    if (this.#view?.version !== rows.version) {
      const order = new Map<string, number>();
      for (const row of rows.rows()) if (!order.has(rows.label(row))) order.set(rows.label(row), order.size);
      this.#view = { version: rows.version, order };
    }
    return this.#view.order;
  }

  #rowsOf(label: string): readonly number[] {
    const rows = this.#rows().rowsOf(label);
    if (rows.length > 0) return rows;
    throw new NearkinError('UNKNOWN_LABEL', `There is no class ${JSON.stringify(label)}; see labels, or add it.`, {
      details: { label },
    });
  }

  #assertFree(label: string): void {
    if (this.#rows().rowsOf(label).length > 0)
      throw new NearkinError(
        'DUPLICATE_LABEL',
        `There is a class ${JSON.stringify(label)} already; use addExamples to extend it.`,
        {
          details: { label },
        },
      );
  }
}
