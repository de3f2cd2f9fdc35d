import { NearkinError } from '@nearkin/core';
import type { BaseModel } from './base-model.js';

/** Where models named by OWNER/NAME come from, and the library that runs them. */
const transformersHosts = ['https://cdn.jsdelivr.net', 'https://huggingface.co'] as const;

/**
 * A page's policy (its CSP) does not reach into its workers, so a worker keeps itself to the page's own origin: `fetch`
 * is refused elsewhere, but for the origin of the model that the user chose.
 *
 * @returns what opens the way for a model, and closes those of the models before it
 */
export function guardRequests(): (model: BaseModel) => void {
  const real = globalThis.fetch.bind(globalThis);
  let allowed: readonly string[] = [];
  globalThis.fetch = (input, init) => {
    const { protocol, origin } = new URL(input instanceof Request ? input.url : String(input), location.href);
    const own = origin === location.origin || protocol === 'blob:' || protocol === 'data:';
    if (own || allowed.includes(origin)) return real(input, init);
    throw new NearkinError('UNSUPPORTED', `This page asks nobody but its own server, so ${origin} was not asked.`);
  };
  return (model) => {
    allowed =
      model.kind === 'url'
        ? [new URL(model.url, location.href).origin]
        : model.kind === 'transformers'
          ? transformersHosts
          : [];
  };
}
