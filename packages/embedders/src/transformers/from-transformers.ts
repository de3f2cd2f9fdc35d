import type { Encoder } from '../encoders/create-encoder.js';
import { type LoadTransformersOptions, loadTransformersEncoder } from './load-transformers.js';
import type { TransformersReference } from './transformers-reference.js';

export interface FromTransformersOptions
  extends Omit<LoadTransformersOptions, 'expected'>,
    Omit<TransformersReference, 'model'> {}

/**
 * Opens a model of @huggingface/transformers as an encoder: CLIP and SigLIP as pictures and texts in one space, DINOv2 and
 * its kin as pictures, sentence models as texts. The library is an optional peer: install it beside this package.
 *
 * Pictures are prepared by this package, by the model's own numbers, so that Node and the browser see the same. Vectors
 * are scaled to length 1. `hf:OWNER/NAME` does the same wherever a model is named.
 *
 * @param model `OWNER/NAME` on the hub, or a folder as the library finds it
 * @throws {NearkinError} `MISSING_DEPENDENCY`, `NOT_FOUND`, `BAD_MODEL`, `ABORTED`
 * @example
 * const { image, text } = await fromTransformers('Xenova/clip-vit-base-patch32', { dtype: 'q8' });
 */
export function fromTransformers(model: string, options: FromTransformersOptions = {}): Promise<Encoder> {
  const { revision, dtype, pooling, normalize, ...rest } = options;
  return loadTransformersEncoder({ model, ...defined({ revision, dtype, pooling, normalize }) }, rest);
}

function defined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
