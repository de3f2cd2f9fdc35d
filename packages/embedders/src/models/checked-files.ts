import { type Bundle, NearkinError } from '@nearkin/core';
import { contentName } from './model-files.js';

/**
 * The same bundle, whose files must match the hash in their names. `model.json` is the file `root`, whatever it is called.
 *
 * Reading throws `BAD_FORMAT` for a file that is not what was saved.
 */
export function checkedFiles(bundle: Bundle, { root }: { readonly root: string }): Bundle {
  return {
    location: bundle.location,
    async read(name, options) {
      const real = name === 'model.json' ? root : name;
      const bytes = await bundle.read(real, options);
      const plain = real.replace(/-[0-9a-f]{16}(\.[^.]+)$/, '$1');
      if (plain !== real && contentName(plain, bytes) !== real)
        throw new NearkinError(
          'BAD_FORMAT',
          `${real} in ${bundle.location} is not what was saved: its content does not match the hash in its name.`,
          { details: { location: bundle.location, file: real } },
        );
      return bytes;
    },
  };
}
