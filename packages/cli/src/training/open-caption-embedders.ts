import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Embedder, NearkinError } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';

/** Embedders of pictures and of texts into one space. */
export interface CaptionEmbedders {
  readonly image: Embedder<ImageInput>;
  readonly text: Embedder<string>;
}

/**
 * Runs an ES module and takes its `image` and `text`.
 *
 * @throws {NearkinError} `UNSUPPORTED` for what is no ES module, `NOT_FOUND`, `BAD_MODEL` for a module that does not
 *   run or exports something else, `DIMENSION_MISMATCH` when the two do not share a space
 */
export async function openCaptionEmbedders(path: string): Promise<CaptionEmbedders> {
  if (!/\.m?js$/.test(path))
    throw new NearkinError(
      'UNSUPPORTED',
      `Expected an ES module (.mjs) that exports image and text embedders, got ${path}; an embedder of pictures alone knows no words.`,
      { details: { embedder: path } },
    );
  await stat(path);
  let module: Record<string, unknown>;
  try {
    module = await import(/* @vite-ignore */ pathToFileURL(resolve(path)).href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NearkinError('BAD_MODEL', `The module ${path} could not be run: ${reason}`, {
      cause,
      details: { embedder: path },
    });
  }
  const { image, text } = module;
  for (const [name, value] of Object.entries({ image, text }))
    if (!isEmbedder(value))
      throw new NearkinError(
        'BAD_MODEL',
        `Expected ${path} to export \`${name}\`, an embedder with id, dim, embed() and dispose(), got ${value === undefined ? 'nothing of that name' : typeof value}.`,
        { details: { embedder: path, export: name } },
      );
  const embedders = { image, text } as CaptionEmbedders;
  const [a, b] = [embedders.image.dim, embedders.text.dim];
  if (a !== b)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected image and text embedders of one space, got ${a} and ${b} numbers.`,
      { details: { image: a, text: b } },
    );
  return embedders;
}

function isEmbedder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, dim, embed, dispose } = value as Partial<Record<keyof Embedder<unknown>, unknown>>;
  return (
    typeof id === 'string' &&
    Number.isSafeInteger(dim) &&
    (dim as number) > 0 &&
    typeof embed === 'function' &&
    typeof dispose === 'function'
  );
}
