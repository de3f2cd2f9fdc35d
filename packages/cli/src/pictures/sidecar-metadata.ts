import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { NearkinError } from '@nearkin/core';

/**
 * What is told of a picture in a file of its name with another ending, such as `.dat`: as `data`, or the members of an
 * object in a `.json`.
 *
 * @returns nothing where there is no such file
 * @throws {NearkinError} `BAD_FORMAT` for a `.json` that is no object, `IO_ERROR`
 */
export async function sidecarMetadata(picture: string, ending: string): Promise<Record<string, unknown>> {
  const path = `${picture.slice(0, picture.length - extname(picture).length)}${ending}`;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    throw new NearkinError('IO_ERROR', `Could not read ${path}: ${message}`, { cause, details: { path } });
  }
  if (ending !== '.json') return { data: text };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new NearkinError('BAD_FORMAT', `Expected a JSON object in ${path}.`, { details: { path } });
}
