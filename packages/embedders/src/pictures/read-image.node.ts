import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { NearkinError, type Picture, throwIfAborted } from '@nearkin/core';
import type Sharp from 'sharp';
import { decodeWithScript } from './decode-script.node.js';
import { decodeWithSharp } from './decode-sharp.node.js';
import { defaultPixelLimit, type ReadImageOptions } from './image-input.js';
import { badPicture } from './picture-error.js';

export interface ReadImageNodeOptions extends ReadImageOptions {
  /** `sharp` (many formats, fast), `script` (JPEG and PNG, no native code), or `auto`: sharp where installed. Default `auto`. */
  readonly decoder?: 'auto' | 'sharp' | 'script' | undefined;
}

let sharpModule: Promise<typeof Sharp | undefined> | undefined;

/** sharp, or undefined where it is not installed or cannot run. */
export function loadSharp(): Promise<typeof Sharp | undefined> {
  sharpModule ??= import('sharp').then(
    (module) => module.default,
    () => undefined,
  );
  return sharpModule;
}

/**
 * Reads a picture: upright by its EXIF orientation, sRGB, 8 bits, the first frame of an animation; transparency is kept.
 *
 * @param source a path, a `file:` URL, or the bytes of an encoded picture
 * @throws {NearkinError} `BAD_PICTURE` for anything that cannot be decoded, `PICTURE_TOO_LARGE` (from the header, before
 *   decoding), `NOT_FOUND`, `IO_ERROR`, `MISSING_DEPENDENCY` when sharp is asked for and absent, `ABORTED`
 * @example
 * const { width, height } = await readImage('banana.jpg'); // 198, 198
 */
export async function readImage(
  source: string | URL | Uint8Array,
  options: ReadImageNodeOptions = {},
): Promise<Picture> {
  const { limitInputPixels: limit = defaultPixelLimit, decoder = 'auto', signal } = options;
  throwIfAborted(signal);
  const name = source instanceof Uint8Array ? `A picture of ${source.length} bytes` : pathOf(source);
  const bytes = source instanceof Uint8Array ? source : await readBytes(name);
  throwIfAborted(signal);
  if (bytes.length === 0) throw badPicture(name, 'it is empty.');
  const sharp = decoder === 'script' ? undefined : await loadSharp();
  if (decoder === 'sharp' && !sharp)
    throw new NearkinError(
      'MISSING_DEPENDENCY',
      'Decoding with sharp was asked for, but sharp cannot be loaded; npm install sharp.',
    );
  return sharp ? decodeWithSharp(sharp, bytes, { name, limit }) : decodeWithScript(bytes, { name, limit });
}

function pathOf(source: string | URL): string {
  const text = String(source);
  if (!text.startsWith('file:')) return text;
  try {
    return fileURLToPath(text);
  } catch (cause) {
    throw new NearkinError('INVALID_ARGUMENT', `Expected a file: URL of an absolute path, got ${text}.`, { cause });
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new NearkinError('NOT_FOUND', `There is no picture at ${path}; check the path.`, {
        cause,
        details: { path },
      });
    if (code === 'EISDIR') throw badPicture(path, 'it is a folder.', cause);
    throw new NearkinError('IO_ERROR', `Could not read ${path}: ${message}`, { cause, details: { path } });
  }
}
