import { createRng } from '@nearkin/core';
import { createEncoder, createHashedTextEmbedder, type Encoder, type StoredMatrix } from '@nearkin/embedders';
import { dim } from './settings.js';

/**
 * A text encoder of the size that ships, with random weights in bytes: as fast as a trained one; what it says means
 * nothing.
 */
export function randomTextEncoder(): Encoder {
  const rng = createRng(7);
  const matrix = (rows: number, columns: number): StoredMatrix => ({
    rows,
    columns,
    data: Uint8Array.from({ length: rows * columns }, () => rng.integer(256)),
    scale: 0.01,
    min: -1.275,
  });
  const text = createHashedTextEmbedder({
    hashing: { rows: 32_768, seed: 1 },
    table: matrix(32_768, 64),
    direct: matrix(64, dim),
    hidden: matrix(64, 192),
    hiddenBias: matrix(1, 192),
    output: matrix(192, dim),
  });
  return createEncoder({ text });
}
