import { NearkinError } from '@nearkin/core';
import type { IndexHeader } from '../state/index-header.js';
import type { CreateClassifierOptions } from './create-classifier.js';

type Stored = IndexHeader['unknownBelow'];

/** Scores below which answers are unknown: one for all classes, or one for each label that has one. */
export class ClassThresholds {
  readonly #all: number | undefined;
  readonly #byLabel: Map<string, number>;

  /** @throws {NearkinError} `INVALID_ARGUMENT` for numbers that are not finite */
  constructor(unknownBelow: CreateClassifierOptions['unknownBelow']) {
    this.#all = typeof unknownBelow === 'number' ? unknownBelow : undefined;
    this.#byLabel =
      unknownBelow instanceof Map
        ? new Map(unknownBelow)
        : new Map(typeof unknownBelow === 'object' ? Object.entries(unknownBelow) : []);
    for (const value of [...this.#byLabel.values(), ...(this.#all === undefined ? [] : [this.#all])])
      if (!Number.isFinite(value))
        throw new NearkinError('INVALID_ARGUMENT', `Expected finite thresholds in unknownBelow, got ${value}.`);
  }

  /** Those an index was saved with; labels that are gone since have none. */
  static restore(stored: Stored, has: (label: string) => boolean): ClassThresholds {
    return new ClassThresholds(typeof stored === 'object' ? new Map(stored.filter(([label]) => has(label))) : stored);
  }

  get labels(): readonly string[] {
    return [...this.#byLabel.keys()];
  }

  isUnknown(label: string, score: number): boolean {
    return score < (this.#byLabel.get(label) ?? this.#all ?? Number.NEGATIVE_INFINITY);
  }

  remove(label: string): void {
    this.#byLabel.delete(label);
  }

  rename(from: string, to: string): void {
    const threshold = this.#byLabel.get(from);
    this.#byLabel.delete(from);
    if (threshold !== undefined) this.#byLabel.set(to, threshold);
  }

  /** As an index keeps them. */
  store(): Stored {
    return this.#all ?? (this.#byLabel.size > 0 ? [...this.#byLabel] : undefined);
  }
}
