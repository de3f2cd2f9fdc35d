import { NearkinError } from '@nearkin/core';

/** What a zip of ours may unfold to at most. */
const unfoldLimit = 1024 ** 3;

export async function zipFiles(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const { zipSync } = await import('fflate');
  // Weights and pictures do not shrink.
  return zipSync(Object.fromEntries(files), { level: 0 }) as Uint8Array<ArrayBuffer>;
}

/** @throws {NearkinError} `BAD_FORMAT` for what is no zip, `TOO_LARGE` for one that unfolds beyond 1 GiB */
export async function unzipFiles(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const { unzipSync } = await import('fflate');
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter({ originalSize }) {
        total += originalSize;
        if (total > unfoldLimit) throw new NearkinError('TOO_LARGE', 'This zip unfolds to more than 1 GiB.');
        return true;
      },
    });
    return new Map(Object.entries(files).filter(([name]) => !name.endsWith('/')));
  } catch (cause) {
    if (cause instanceof NearkinError) throw cause;
    throw new NearkinError('BAD_FORMAT', 'This is not a zip that can be read; is it a model saved here?', { cause });
  }
}
