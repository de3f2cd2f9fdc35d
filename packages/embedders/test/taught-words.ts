import { createHashedTextEmbedder, type HashedTextEmbedder } from '../src/text/hashed-text-embedder.js';
import { rememberFeatures } from '../src/text/known-features.js';
import { hashTextFeatures } from '../src/text/text-features.js';

/**
 * An embedder of texts that knows a few words exactly, for tests without trained weights: each word's vector is the one
 * it was taught, other words say nothing. Words should have no three letters in a row in common.
 */
export function taughtWords(lessons: ReadonlyMap<string, Float32Array>, dim: number): HashedTextEmbedder {
  const hashing = { rows: 8192, seed: 1 };
  const width = lessons.size;
  const table = new Float32Array(hashing.rows * width);
  const direct = new Float32Array(width * dim);
  const marks: number[] = [];
  [...lessons].forEach(([word, vector], i) => {
    const features = hashTextFeatures(word, hashing);
    for (const row of features.rows) table[row * width + i]! += 1;
    marks.push(...features.marks);
    direct.set(vector, i * dim);
  });
  const zeros = (rows: number, columns: number) => ({ rows, columns, data: new Float32Array(rows * columns) });
  return createHashedTextEmbedder({
    hashing,
    table: { rows: hashing.rows, columns: width, data: table },
    direct: { rows: width, columns: dim, data: direct },
    hidden: zeros(width, 1),
    hiddenBias: zeros(1, 1),
    output: zeros(1, dim),
    known: rememberFeatures(marks, 8192),
  });
}
