import { type Embedder, NearkinError } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import type { TransformersReference } from './transformers/transformers-reference.js';

/** What an embedder of texts is made of, so that it can be saved. */
export type TextModel =
  /** Hashed words and character n-grams in plain JavaScript; `bytes` is all of it, a safetensors file. */
  | { readonly kind: 'hashed'; readonly bytes: () => Uint8Array }
  /** A tfjs GraphModel behind a tokenizer. */
  | {
      readonly kind: 'graph';
      readonly artifacts: io.ModelArtifacts;
      readonly tokenizer: Readonly<Record<string, unknown>>;
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

/** An embedder of texts. */
export interface TextEmbedder extends Embedder<string> {
  readonly model: TextModel;
  [Symbol.dispose](): void;
}

/** Characters of a text that are read; what comes after is dropped, so that no text takes long. */
export const maxTextLength = 20_000;

/**
 * Checks a text and cuts it to {@link maxTextLength}.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for what is no text (a picture, say), `BAD_TEXT` for an empty one
 */
export function checkText(text: unknown): string {
  if (typeof text !== 'string')
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected a text, got ${describe(text)}; pictures are for the embedder of pictures.`,
      { details: { received: typeof text } },
    );
  const cut = text.slice(0, maxTextLength);
  if (cut.trim() === '') throw new NearkinError('BAD_TEXT', 'Expected words, got an empty text.');
  return cut;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  return 'width' in value && 'height' in value ? 'a picture' : (value.constructor?.name ?? 'an object');
}
