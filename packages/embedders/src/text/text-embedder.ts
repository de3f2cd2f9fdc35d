import { type Embedder, NearkinError } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import type { TransformersReference } from '../transformers/transformers-reference.js';
import type { HashedTextEmbedder, HashedTextEmbedderParts } from './hashed-text-embedder.js';
import { maxTextLength } from './text-features.js';
import type { TokenizerFiles } from './text-tokenizer.js';

/** What an embedder of texts is made of, so that it can be saved. */
export type TextModel =
  /** Hashed words and character n-grams, in plain JavaScript. */
  | { readonly kind: 'hashed'; readonly parts: HashedTextEmbedderParts }
  /** A tfjs GraphModel behind a tokenizer. */
  | {
      readonly kind: 'graph';
      readonly artifacts: io.ModelArtifacts;
      readonly tokenizer: TokenizerFiles;
      readonly settings: TextGraphSettings;
    }
  /** A model of @huggingface/transformers: it is named, not contained. */
  | { readonly kind: 'transformers'; readonly reference: TransformersReference }
  /** A function: it cannot be saved. */
  | { readonly kind: 'function' };

/** How a GraphModel is given tokens, and what becomes of its answer. */
export interface TextGraphSettings {
  /** `sparse`: `indices` `[tokens, 2]` and `values` `[tokens]`; `dense`: rows of ids of one length, with a mask. */
  readonly inputs: 'sparse' | 'dense';
  /** The node whose output is the embedding. */
  readonly output: string;
  /** Of an output `[texts, tokens, dim]`: the mean over a text's tokens, or its first token. */
  readonly pooling: 'mean' | 'first';
  /** Whether vectors are scaled to length 1. */
  readonly normalize: boolean;
  /** Tokens of a text beyond this one are dropped. */
  readonly maxTokens: number;
}

/**
 * An embedder of texts. A text that says nothing to it (empty, or of unknown words alone) gives a row of zeros, whose
 * similarity to everything is 0.
 */
export interface TextEmbedder extends Embedder<string> {
  readonly model: TextModel;
  [Symbol.dispose](): void;
}

/** What an embedder of texts is made of; one that does not say so is a function. */
export function textModelOf(embedder: Embedder<string>): TextModel {
  if ('parts' in embedder) return { kind: 'hashed', parts: (embedder as HashedTextEmbedder).parts };
  return 'model' in embedder ? (embedder as TextEmbedder).model : { kind: 'function' };
}

/**
 * Checks that a text is one, and cuts it to {@link maxTextLength}, so that none takes long.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for what is no text: a picture, say
 */
export function checkText(text: unknown): string {
  if (typeof text === 'string') return text.slice(0, maxTextLength);
  throw new NearkinError(
    'INVALID_ARGUMENT',
    `Expected a text, got ${describe(text)}; pictures are for the embedder of pictures.`,
    { details: { received: typeof text } },
  );
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  return 'width' in value && 'height' in value ? 'a picture' : (value.constructor?.name ?? 'an object');
}
