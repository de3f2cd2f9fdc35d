import { NearkinError } from '@nearkin/core';

/** The root of a search bundle. */
export const rootFile = 'search.json';
const format = 'nearkin-search';
const version = 1;

/** What `search.json` says. Every file it names carries a checksum or hash of its content in its name. */
export interface BundleRoot {
  readonly format: typeof format;
  readonly version: typeof version;
  readonly dim: number;
  /** The encoder that rows were made with. */
  readonly modelId: string;
  readonly index: string;
  /** The encoder's `model.json` under another name; null where the encoder is not in the bundle. */
  readonly encoder: string | null;
  /** Table of thumbnails; null for none. */
  readonly thumbnails: string | null;
  readonly userinfo: unknown;
  /** All files of the bundle but this one. */
  readonly files: readonly string[];
}

export function writeRoot(root: Omit<BundleRoot, 'format' | 'version'>): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ format, version, ...root }, null, 2)}\n`);
}

/** @throws {NearkinError} `BAD_FORMAT`, `UNSUPPORTED_VERSION` */
export function readRoot(bytes: Uint8Array, location: string): BundleRoot {
  const bad = (reason: string, cause?: unknown) =>
    new NearkinError('BAD_FORMAT', `Not a search bundle: ${location}: ${reason}.`, { cause, details: { location } });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw bad(`${rootFile} is not JSON`, cause);
  }
  const root = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  if (root['format'] !== format) throw bad(`${rootFile} has the format ${JSON.stringify(root['format'])}`);
  if (root['version'] !== version)
    throw typeof root['version'] === 'number' && root['version'] > version
      ? new NearkinError(
          'UNSUPPORTED_VERSION',
          `${location} was saved by a newer version (search bundle ${root['version']}, this one reads ${version}); update nearkin.`,
          { details: { version: root['version'] } },
        )
      : bad('it has no version');
  const name = (key: string, optional: boolean) => {
    const value = root[key] ?? null;
    if (!(typeof value === 'string' && value !== '') && !(optional && value === null))
      throw bad(`${key} names no file`);
  };
  name('index', false);
  name('encoder', true);
  name('thumbnails', true);
  if (typeof root['modelId'] !== 'string' || !Number.isSafeInteger(root['dim'])) throw bad('modelId or dim is missing');
  if (!Array.isArray(root['files']) || !root['files'].every((file) => typeof file === 'string'))
    throw bad('it has no list of files');
  return { encoder: null, thumbnails: null, userinfo: null, ...root } as unknown as BundleRoot;
}
