import { posix, relative, resolve, sep } from 'node:path';
import type { Gallery } from '@nearkin/core';
import { modelFolder } from '../classifiers/model-folder.js';

/**
 * What the command line keeps with every gallery row: where its picture lies, seen from the model's folder, so that a
 * report can show it as long as the two keep their places.
 */
export interface PictureOrigin {
  readonly picture: string;
}

export function pictureOrigin(path: string, model: string): PictureOrigin {
  return { picture: relative(modelFolder(model), resolve(path)).split(sep).join(posix.sep) };
}

/** The paths of a gallery's pictures by row id, as far as they were kept. */
export function pictureOrigins(gallery: Gallery, model: string): Map<string, string> {
  const paths = new Map<string, string>();
  gallery.metadata?.forEach((value, row) => {
    if (isPictureOrigin(value)) paths.set(gallery.ids[row]!, resolve(modelFolder(model), value.picture));
  });
  return paths;
}

export function isPictureOrigin(value: unknown): value is PictureOrigin {
  return typeof value === 'object' && value !== null && 'picture' in value && typeof value.picture === 'string';
}
