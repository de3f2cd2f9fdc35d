import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { NearkinError } from '@nearkin/core';

/** Endings of files that programs around here write. A folder may have a dot in its name, but not these. */
const files = /\.(json|jsonl|ndjson|csv|tsv|html|zip|bin|ldb|tflite|safetensors)$/i;

/**
 * Refuses an output that names a file where a folder will be written, before the long work begins. `x.json` would have
 * written beside x.json, into the folder that holds it.
 *
 * @param options.root the file of the folder that may stand for it: `pets/model.json` is `pets`
 * @param options.what what would be a file instead, for the message
 * @throws {NearkinError} `INVALID_ARGUMENT`; `IO_ERROR` where a file is in the way
 */
export async function assertOutputFolder(
  output: string,
  { root, what }: { root?: string; what?: string } = {},
): Promise<void> {
  const name = basename(output);
  if (name === root) return;
  if (files.test(name))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected the name of a folder to write${what === undefined ? '' : `, or ${what}`}, got ${output}; leave ${name.slice(name.lastIndexOf('.'))} out.`,
      { details: { output } },
    );
  if (!output.includes('://') && (await stat(output).catch(() => undefined))?.isFile())
    throw new NearkinError('IO_ERROR', `Expected to write a folder ${output}, but a file of that name is there.`, {
      details: { output },
    });
}
