import { type Embedder, NearkinError } from '@nearkin/core';
import type { ImageEmbedder } from '../image/image-embedder.js';
import { hashIdentity } from '../models/model-identity.js';
import type { ImageInput } from '../pictures/image-input.js';
import { type TextEmbedder, textModelOf } from '../text/text-embedder.js';

/**
 * What turns queries into vectors of one space: pictures, texts, or both. The embedders inside have the encoder's own
 * identity, so that rows made of pictures can be asked with texts.
 */
export interface Encoder {
  /** Identity of both towers together. */
  readonly id: string;
  readonly dim: number;
  readonly image?: Embedder<ImageInput> | undefined;
  readonly text?: Embedder<string> | undefined;
  /** Identities of the towers by themselves. */
  readonly towers: { readonly image?: string | undefined; readonly text?: string | undefined };
  /** Frees both towers. Calling it twice is harmless. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Pictures and texts in one space. */
export interface DualEncoder extends Encoder {
  readonly image: ImageEmbedder;
  readonly text: TextEmbedder;
}

/**
 * Puts an embedder of pictures and one of texts that share a space together.
 *
 * The identity is a hash over both; an encoder that is put together again of its own towers keeps its own.
 *
 * @throws {NearkinError} `DIMENSION_MISMATCH` when the two give vectors of different lengths
 * @example
 * const encoder = createDualEncoder({ image, text });
 * encoder.image.id === encoder.text.id; // true
 */
export function createDualEncoder(towers: {
  readonly image: ImageEmbedder;
  readonly text: Embedder<string>;
}): DualEncoder {
  return createEncoder(towers) as DualEncoder;
}

/**
 * An encoder of one tower or two; of one it has that tower's identity.
 *
 * @throws {NearkinError} `DIMENSION_MISMATCH`; `INVALID_ARGUMENT` for no tower
 */
export function createEncoder(towers: {
  readonly image?: Embedder<ImageInput> | undefined;
  readonly text?: Embedder<string> | undefined;
}): Encoder {
  const { image, text } = towers;
  const first = image ?? text;
  if (!first) throw new NearkinError('INVALID_ARGUMENT', 'Expected an embedder of pictures, of texts, or both.');
  if (image && text && image.dim !== text.dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected pictures and texts in one space, got ${image.dim} and ${text.dim} numbers.`,
      { details: { image: image.dim, text: text.dim } },
    );
  const own = { image: image && ownId(image), text: text && ownId(text) };
  const id = image && text && image.id !== text.id ? hashIdentity(`dual-${first.dim}`, own) : first.id;
  return joinTowers({ image, text }, { id, towers: own });
}

/** What towers were called before they became part of an encoder. */
const ownIds = new WeakMap<object, string>();

function ownId(tower: Embedder<never>): string {
  return ownIds.get(tower) ?? tower.id;
}

/** Towers under an identity that is known. */
export function joinTowers(
  { image, text }: Pick<Encoder, 'image' | 'text'>,
  { id, towers }: Pick<Encoder, 'id' | 'towers'>,
): Encoder {
  const dispose = () => {
    image?.dispose();
    text?.dispose();
  };
  const named = {
    ...(image ? { image: renameImage(image, id) } : {}),
    ...(text ? { text: renameText(text, id) } : {}),
  };
  for (const side of ['image', 'text'] as const)
    if (named[side] && towers[side] !== undefined) ownIds.set(named[side], towers[side]);
  return Object.freeze({
    id,
    dim: (image ?? text)!.dim,
    ...named,
    towers: Object.freeze(towers),
    dispose,
    [Symbol.dispose]: dispose,
  });
}

function renameImage(image: Embedder<ImageInput>, id: string): Embedder<ImageInput> {
  if (image.id === id) return image;
  const { dim } = image;
  const base = {
    id,
    dim,
    embed: image.embed.bind(image),
    dispose: () => image.dispose(),
    [Symbol.dispose]: () => image.dispose(),
  };
  if (!('preprocessing' in image)) return Object.freeze(base);
  const { preprocessing } = image as ImageEmbedder;
  // A model may be built only when it is asked for.
  const model = { get: () => (image as ImageEmbedder).model, enumerable: true };
  return Object.freeze(Object.defineProperty({ ...base, preprocessing }, 'model', model));
}

function renameText(text: Embedder<string>, id: string): TextEmbedder {
  return Object.freeze({
    id,
    dim: text.dim,
    model: textModelOf(text),
    embed: text.embed.bind(text),
    dispose: () => text.dispose(),
    [Symbol.dispose]: () => text.dispose(),
  });
}
