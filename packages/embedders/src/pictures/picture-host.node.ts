import { createPicture, NearkinError } from '@nearkin/core';
import { chooseUnlessChosen } from '../backends/backend-choice.js';
import { chooseBackend } from '../backends/choose-backend.node.js';
import { isPicture, type PictureHost } from './image-input.js';
import { readImage } from './read-image.node.js';

export const host: PictureHost = {
  async toPicture(input, options) {
    if (typeof input === 'string' || input instanceof URL || input instanceof Uint8Array)
      return readImage(input, options);
    if (input instanceof Blob) return readImage(new Uint8Array(await input.arrayBuffer()), options);
    if (typeof input === 'object' && input !== null && isPicture(input)) return createPicture(input);
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected a picture, a path, a file: URL or encoded bytes, got ${input === null ? 'null' : typeof input}.`,
    );
  },

  ensureBackend: () => chooseUnlessChosen(chooseBackend),
};
