import {
  type BundleSource,
  type BundleTarget,
  type Gallery,
  NearkinError,
  openBundle,
  readGallery,
  writeBundle,
  writeGallery,
} from '@nearkin/core';
import { contentName } from '@nearkin/embedders';
import { isRecord } from '../files/classifier-metadata.js';

const root = 'knn.json';
const version = 1;

/** A small JSON that names a gallery file; the gallery opens on its own, too. */
export async function writeKnn(gallery: Gallery, target: BundleTarget): Promise<void> {
  const bytes = writeGallery(gallery);
  const name = contentName('gallery.safetensors', bytes);
  const json = JSON.stringify({ format: 'nearkin-knn', version, gallery: name, files: [name] });
  await writeBundle(
    target,
    new Map([
      [name, bytes],
      [root, new TextEncoder().encode(json)],
    ]),
    root,
  );
}

/** @throws {NearkinError} `NOT_FOUND`, `BAD_FORMAT`, `UNSUPPORTED_VERSION` */
export async function readKnn(source: BundleSource): Promise<Gallery> {
  const { bundle, file = root } = await openBundle(source);
  let json: unknown;
  const text = await bundle.read(file);
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    throw new NearkinError('BAD_FORMAT', `${file} in ${bundle.location} is not JSON.`, { cause });
  }
  const { format, version: found, gallery } = isRecord(json) ? json : {};
  if (format !== 'nearkin-knn' || typeof gallery !== 'string' || typeof found !== 'number')
    throw new NearkinError('BAD_FORMAT', `${file} in ${bundle.location} is not a saved knnClassifier.`);
  if (found > version)
    throw new NearkinError('UNSUPPORTED_VERSION', `Expected knnClassifier format ${version}, got ${found}.`);
  return readGallery(await bundle.read(gallery));
}
