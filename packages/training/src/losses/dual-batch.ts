import { NearkinError } from '@nearkin/core';
import { multiplyRows, multiplyRowsBack } from '../distances/multiply-rows.js';
import { type Rows, unitRows } from '../distances/rows.js';
import type { DualEncoderMatches } from './dual-encoder-loss.js';

/** Dot products of pictures and texts, and the way back to both. */
export function imageTextProducts(images: Rows, texts: Rows, normalize: boolean) {
  if (images.dim !== texts.dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected pictures and texts of one dimension, got ${images.dim} and ${texts.dim}.`,
      { details: { images: images.dim, texts: texts.dim } },
    );
  const scaled = normalize ? ([unitRows(images), unitRows(texts)] as const) : undefined;
  const [a, b] = [scaled?.[0].unit ?? images, scaled?.[1].unit ?? texts];
  return {
    images: a,
    texts: b,
    /** Shape `[images, texts]`. */
    products: multiplyRows(a, b),
    /** @param upstream shape `[images, texts]` @returns gradients of pictures and texts as scaled */
    backward: (upstream: Float64Array): [Float64Array, Float64Array] => multiplyRowsBack(upstream, a, b),
    /** Back through the scaling. */
    unscale: ([left, right]: readonly [Float64Array, Float64Array]): readonly [Float64Array, Float64Array] =>
      scaled ? [scaled[0].backward(left), scaled[1].backward(right)] : [left, right],
  };
}

/**
 * Which pictures and texts belong together: 1 where they do, shape `[images, texts]`.
 *
 * @throws {NearkinError} `DIMENSION_MISMATCH` for another number of ids than rows, `INVALID_ARGUMENT` for a text without a
 * picture
 */
export function matchMask(images: number, texts: number, matches: DualEncoderMatches): Uint8Array {
  const ids = (given: readonly number[] | Int32Array | undefined, rows: number, what: string) => {
    if (given && given.length !== rows)
      throw new NearkinError('DIMENSION_MISMATCH', `Expected ${rows} ${what}, got ${given.length}.`, {
        details: { rows, got: given.length },
      });
    return given ?? Array.from({ length: rows }, (_, row) => row);
  };
  const imageIds = ids(matches.imageIds, images, 'numbers of pictures');
  const textIds = ids(matches.textIds, texts, 'numbers of texts');
  const mask = new Uint8Array(images * texts);
  for (let text = 0; text < texts; text++) {
    let found = false;
    for (let image = 0; image < images; image++)
      if (imageIds[image] === textIds[text]) {
        mask[image * texts + text] = 1;
        found = true;
      }
    if (!found)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected a picture for each text, but none of ${images} has the number ${textIds[text]} of text ${text}; pass textIds when there are several texts for a picture.`,
        { details: { text, id: textIds[text], images, texts } },
      );
  }
  return mask;
}
