import { NearkinError } from '@nearkin/core';

export type EncoderFiles = ReadonlyMap<string, Uint8Array>;

/** @throws {NearkinError} `MISSING_DEPENDENCY` when @nearkin/embedders is not installed */
export async function embeddersPackage() {
  try {
    return await import('@nearkin/embedders');
  } catch (cause) {
    throw missing(cause);
  }
}

/** The part that opens encoders; it loads models' runtimes only when a model needs them. */
export async function encoderPackage() {
  try {
    return await import('@nearkin/embedders/encoder');
  } catch (cause) {
    throw missing(cause);
  }
}

function missing(cause: unknown): NearkinError {
  return new NearkinError(
    'MISSING_DEPENDENCY',
    'Encoders of search bundles are opened by @nearkin/embedders, which cannot be loaded: npm install @nearkin/embedders (and its peers), or give an encoder of your own as { encoder }.',
    { cause, details: { package: '@nearkin/embedders' } },
  );
}
