import { createPicture, NearkinError } from '@nearkin/core';
import { chooseUnlessChosen } from '../backends/backend-choice.js';
import { chooseBackend } from '../backends/choose-backend.browser.js';
import { isPicture, type PictureHost } from './image-input.js';
import { drawPicture, readImage } from './read-image.browser.js';

export const host: PictureHost = {
  async toPicture(input, options) {
    if (input instanceof Blob) return readImage(input, options);
    if (input instanceof Uint8Array) return readImage(new Blob([input as Uint8Array<ArrayBuffer>]), options);
    if (typeof input === 'string' || input instanceof URL)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `A browser cannot open the path ${String(input)}; give a File, a Blob, or await (await fetch(url)).blob().`,
      );
    if (typeof input === 'object' && input !== null)
      return isPicture(input) ? createPicture(input) : drawPicture(input, options);
    throw new NearkinError('INVALID_ARGUMENT', `Expected a picture, got ${input === null ? 'null' : typeof input}.`);
  },

  ensureBackend: () => chooseUnlessChosen(chooseBackend),
};
