import { NearkinError } from '@nearkin/core';
import type { TransformersReference } from './transformers-reference.js';
import type { TransformersOptions } from './transformers-source.js';

/** What is used of the library's tensors. */
export interface LibraryTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<number> & Iterable<number>;
  to?(type: string): LibraryTensor;
}

type Settings = Readonly<Record<string, unknown>>;
interface Loader<T> {
  from_pretrained(model: string, settings?: Settings): Promise<T>;
}
export type LibraryModel = ((inputs: Settings) => Promise<Record<string, LibraryTensor | undefined>>) & {
  dispose?(): Promise<unknown>;
};
export type LibraryTokenizer = (texts: string[], settings: Settings) => Settings;

/** What is used of @huggingface/transformers; classes of models are found by name. */
export interface TransformersLibrary {
  readonly AutoConfig: Loader<{ readonly model_type?: string }>;
  readonly AutoTokenizer: Loader<LibraryTokenizer>;
  readonly AutoModel: Loader<LibraryModel>;
  readonly AutoImageProcessor?: Loader<Record<string, unknown>>;
  readonly AutoProcessor: Loader<Record<string, unknown>>;
  readonly Tensor: new (type: string, data: Float32Array, dims: number[]) => LibraryTensor;
  readonly [name: string]: unknown;
}

/** @throws {NearkinError} `MISSING_DEPENDENCY` when it is not installed, or is something else */
export async function transformersLibrary(options: TransformersOptions = {}): Promise<TransformersLibrary> {
  let module: unknown = options.module;
  try {
    module ??= await import('@huggingface/transformers');
  } catch (cause) {
    throw new NearkinError(
      'MISSING_DEPENDENCY',
      'Models named hf:… run in @huggingface/transformers, which is not installed: npm install @huggingface/transformers',
      { cause, details: { package: '@huggingface/transformers' } },
    );
  }
  const library = module as Partial<TransformersLibrary>;
  if (typeof library.AutoModel !== 'function' || typeof library.Tensor !== 'function')
    throw new NearkinError(
      'MISSING_DEPENDENCY',
      'Expected @huggingface/transformers, version 3 or later, got a module without AutoModel and Tensor.',
    );
  return library as TransformersLibrary;
}

/** Asks the library for a part of a model, and says plainly what came instead. */
export async function fromHub<T>(
  loader: Loader<T>,
  reference: TransformersReference,
  { options = {} }: { options?: TransformersOptions | undefined } = {},
): Promise<T> {
  // The library's own default is fp32 in Node and q8 in a page: one encoder would give two kinds of vectors.
  const { model, revision, dtype = 'fp32' } = reference;
  const settings = {
    ...options.options,
    ...(revision === undefined ? {} : { revision }),
    dtype,
    ...(options.device === undefined ? {} : { device: options.device }),
  };
  try {
    return await loader.from_pretrained(model, settings);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const missing = /could not locate file|not found|404|unauthorized|local_files_only|local_model_path/i.test(reason);
    throw new NearkinError(
      missing ? 'NOT_FOUND' : 'BAD_MODEL',
      `@huggingface/transformers could not load ${model}: ${reason.split('\n')[0]}`,
      { cause, details: { model } },
    );
  }
}
