import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import type { io } from '@tensorflow/tfjs-core';
import type { Preprocessing } from '../pictures/preprocessing.js';

/** Keys of a layer's config that matter in training alone. */
const trainingKeys = /(_initializer|_regularizer|_constraint)$|^(trainable|activity_regularizer|seed)$/;

/** What decides what an embedder answers. */
export interface IdentityParts {
  readonly kind: 'layers' | 'graph';
  /** Pruned to what the embedding needs. */
  readonly artifacts: io.ModelArtifacts;
  readonly output: string;
  readonly dim: number;
  readonly preprocessing: Preprocessing;
}

/**
 * The identity of an embedder: kind and dimension for people, then SHA-256 over the stored weight bytes, the part of the
 * topology that the embedding needs, the layer, and the preprocessing.
 *
 * It does not depend on the host, on file names or on how weights are split into files. Weights that are stored in
 * another way (quantised or not) are other bytes, and so another identity: they also give other numbers.
 *
 * @example
 * 'layers-1280-5e0f…' // kind, dimension, 32 hexadecimal digits
 */
export function embedderIdentity(parts: IdentityParts): string {
  const { kind, artifacts, output, dim, preprocessing } = parts;
  const facts = {
    kind,
    output,
    preprocessing,
    topology: (artifacts.modelTopology as { node?: unknown }).node ?? artifacts.modelTopology,
    weights: artifacts.weightSpecs,
  };
  return hashIdentity(`${kind}-${dim}`, facts, [new Uint8Array(artifacts.weightData as ArrayBuffer)]);
}

/** A name for people and 32 hexadecimal digits of SHA-256 over facts and bytes; facts do not depend on the order of keys. */
export function hashIdentity(name: string, facts: unknown, bytes: readonly Uint8Array[] = []): string {
  const hash = sha256.create().update(new TextEncoder().encode(canonicalJson(facts)));
  for (const part of bytes) hash.update(part);
  return `${name}-${bytesToHex(hash.digest()).slice(0, 32)}`;
}

/** JSON with sorted keys, without what only training reads. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
    return Object.fromEntries(
      Object.entries(entry)
        .filter(([key]) => !trainingKeys.test(key))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  });
}
