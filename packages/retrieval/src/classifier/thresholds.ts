import { NearkinError } from '@nearkin/core';

/** One threshold for all classes, or one for each class that has one (the others never answer "unknown"). */
export type UnknownBelow = number | Readonly<Record<string, number>> | ReadonlyMap<string, number>;

/** Thresholds under which an answer counts as unknown; they follow their class through edits. */
export class Thresholds {
  readonly #all: number | undefined;
  readonly #byLabel: Map<string, number>;

  /** @throws {NearkinError} `INVALID_ARGUMENT` for a number that is not finite, `UNKNOWN_LABEL` */
  constructor(unknownBelow: UnknownBelow | undefined, labels: readonly string[]) {
    this.#all = typeof unknownBelow === 'number' ? finite(unknownBelow) : undefined;
    this.#byLabel = new Map(
      unknownBelow === undefined || typeof unknownBelow === 'number'
        ? []
        : unknownBelow instanceof Map
          ? unknownBelow
          : Object.entries(unknownBelow),
    );
    const known = new Set(labels);
    for (const [label, value] of this.#byLabel) {
      finite(value);
      if (!known.has(label))
        throw new NearkinError(
          'UNKNOWN_LABEL',
          `unknownBelow names the class ${JSON.stringify(label)}, which the gallery does not have.`,
          { details: { label } },
        );
    }
  }

  isUnknown(label: string, score: number): boolean {
    return score < (this.#all ?? this.#byLabel.get(label) ?? Number.NEGATIVE_INFINITY);
  }

  remove(label: string): void {
    this.#byLabel.delete(label);
  }

  rename(from: string, to: string): void {
    const value = this.#byLabel.get(from);
    if (value === undefined) return;
    this.#byLabel.delete(from);
    this.#byLabel.set(to, value);
  }

  /** As the option that makes the same thresholds. */
  value(): number | ReadonlyMap<string, number> | undefined {
    return this.#all ?? (this.#byLabel.size > 0 ? new Map(this.#byLabel) : undefined);
  }
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new NearkinError('INVALID_ARGUMENT', `Expected finite thresholds in unknownBelow, got ${value}.`, {
    details: { value },
  });
}
