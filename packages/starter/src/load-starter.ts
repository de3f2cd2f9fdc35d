import { type Bundle, NearkinError } from '@nearkin/core';
import { type DualEncoder, loadDualEncoder } from '@nearkin/embedders/encoder';
import { host } from '#asset-host';
import { weightFiles } from './weight-files.js';

/**
 * Loads the starter: pictures and short texts in one space of 128 numbers, trained on emoji art. No network is asked
 * unless the program itself came from there.
 *
 * It knows drawings: icons, emoji, flat art. Photos deserve a model that was trained on photos, such as MobileNetV3 or
 * CLIP; see the model card.
 *
 * @throws {NearkinError} `NOT_FOUND` or `IO_ERROR` when the weights were not deployed with the program, `BAD_FORMAT` when
 *   they are damaged, `ABORTED`
 * @example
 * const { image, text } = await loadStarter();
 * const { data } = await text.embed(['a cat with heart eyes']); // Float32Array, 128 numbers
 */
export async function loadStarter(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<DualEncoder> {
  return loadDualEncoder(bundle, options);
}

const bundle: Bundle = {
  location: '@nearkin/starter',
  async read(name, options = {}) {
    const url = weightFiles[name];
    if (!url) throw new NearkinError('NOT_FOUND', `The starter has no file ${name}.`, { details: { file: name } });
    return host.readAsset(url, options.signal);
  },
};
