import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { NearkinError } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import {
  type Normalization,
  readSearcherIndex,
  readTfliteSearcher,
  type SearcherIndex,
  type TableCompression,
  writeSearcherIndex,
  writeTfliteSearcher,
} from '@nearkin/tflite';

/** The two kinds of file that devices search: an index (`.ldb`), or a model with one inside (`.tflite`). */
export async function readDeviceFile(path: string, signal: AbortSignal): Promise<SearcherIndex> {
  const bytes = new Uint8Array(await readFile(path, { signal }));
  return path.endsWith('.tflite') ? (await readTfliteSearcher(bytes)).index : readSearcherIndex(bytes);
}

/**
 * Writes one, at once or not at all.
 *
 * @param options.base the embedder that a `.tflite` holds the index for
 * @param options.normalization of its pictures, where its metadata does not say
 * @throws {NearkinError} `INVALID_ARGUMENT` for a `.tflite` without base; `BAD_MODEL` for a base without metadata when
 *   nothing is said of its pictures
 */
export async function writeDeviceFile(
  path: string,
  searcher: SearcherIndex,
  options: {
    base?: string | undefined;
    normalization?: Normalization | undefined;
    compression: TableCompression;
    signal: AbortSignal;
  },
): Promise<void> {
  const { base, signal } = options;
  if (!path.endsWith('.tflite')) return replaceFile(resolve(path), writeSearcherIndex(searcher, options));
  if (base === undefined)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected the embedder that ${path} shall hold the index for: name a .tflite file with --base.`,
      { details: { path } },
    );
  const embedder = new Uint8Array(await readFile(base, { signal }));
  return replaceFile(
    resolve(path),
    withHint(() => writeTfliteSearcher(embedder, searcher, options), base),
  );
}

/** Says how the command line is told what a base without metadata does not say. */
function withHint<T>(write: () => T, base: string): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof NearkinError) || error.code !== 'BAD_MODEL') throw error;
    throw new NearkinError('BAD_MODEL', `${base}: ${error.message} With --normalize MEAN/STD, such as 127.5/127.5.`, {
      details: { ...error.details, base },
      cause: error,
    });
  }
}
