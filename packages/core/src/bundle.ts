import { host } from '#bundle-host';
import type { Bundle } from './bundle-host.js';
import { NearkinError } from './nearkin-error.js';
import { assertSafeName, missingFile } from './safe-name.js';

/**
 * Where a bundle is: a folder's path or `file:` URL (Node), an `http(s):` URL, `indexeddb://name` (browser), files by
 * name, or an open bundle. A path or URL that ends in a file's name (`…/model.json`) names that file's folder.
 */
export type BundleSource = string | URL | ReadonlyMap<string, Uint8Array> | Bundle;

/**
 * Where a bundle can be written: a folder's path or `file:` URL (Node), `indexeddb://name` (browser), or a map of files
 * by name, whose old content goes (to zip or send them).
 */
export type BundleTarget = string | URL | Map<string, Uint8Array>;

/**
 * Opens a bundle for reading; a URL is not asked before the first read.
 *
 * @returns the bundle, and the file that the source named, if it named one
 * @throws {NearkinError} `NOT_FOUND` when there is no such folder, `UNSUPPORTED` when this host cannot read such a source
 */
export async function openBundle(source: BundleSource): Promise<{ bundle: Bundle; file: string | undefined }> {
  if (source instanceof Map) return { bundle: memoryBundle(source), file: undefined };
  if (typeof source === 'object' && 'read' in source) return { bundle: source, file: undefined };
  const text = String(source);
  const scheme = schemeOf(text);
  const { folder, file } = splitFile(text);
  if (scheme === 'http' || scheme === 'https') return { bundle: urlBundle(folder), file };
  if (scheme === 'indexeddb')
    return { bundle: await host.openStorage(text.slice('indexeddb://'.length)), file: undefined };
  if (scheme === 'file' || scheme === undefined) return { bundle: await host.openFolder(folder), file };
  throw new NearkinError(
    'UNSUPPORTED',
    `Cannot open ${text}: expected a path, a file:, http(s): or indexeddb:// address.`,
    {
      details: { source: text },
    },
  );
}

/**
 * Writes a bundle so that a reader sees the old one or the new one, never a mixture: the root file is replaced last,
 * in one step, and everything it refers to must carry a name that no old root refers to (a hash of its content).
 * Files of the old root that the new one does not have are removed afterwards.
 *
 * @param files by name, the root among them
 * @param root the file that names the others, `model.json`
 * @throws {NearkinError} `DISK_FULL`, `IO_ERROR`, `UNSAFE_PATH`; the old bundle is then whole
 */
export async function writeBundle(
  target: BundleTarget,
  files: ReadonlyMap<string, Uint8Array>,
  root: string,
): Promise<void> {
  for (const name of files.keys()) assertSafeName(name, target instanceof Map ? inMemory : String(target));
  if (!files.has(root)) throw new NearkinError('INVALID_ARGUMENT', `Expected the files to hold the root ${root}.`);
  if (target instanceof Map) {
    const next = [...files];
    target.clear();
    for (const [name, bytes] of next) target.set(name, bytes);
    return;
  }
  const text = String(target);
  const scheme = schemeOf(text);
  if (scheme === 'indexeddb') return host.writeStorage(text.slice('indexeddb://'.length), files, root);
  if (scheme === 'file' || scheme === undefined) return host.writeFolder(splitFile(text).folder, files, root);
  throw new NearkinError(
    'UNSUPPORTED',
    `Cannot write to ${text}: expected a path, a file: or an indexeddb:// address.`,
    {
      details: { target: text },
    },
  );
}

const inMemory = 'memory';

function memoryBundle(files: ReadonlyMap<string, Uint8Array>): Bundle {
  const location = inMemory;
  return {
    location,
    async read(name) {
      assertSafeName(name, location);
      const bytes = files.get(name);
      if (!bytes) throw missingFile(name, location);
      return bytes;
    },
  };
}

function urlBundle(folder: string): Bundle {
  const base = folder.endsWith('/') ? folder : `${folder}/`;
  const address = (name: string) => {
    assertSafeName(name, base);
    return base + name.split('/').map(encodeURIComponent).join('/');
  };
  return {
    location: base,
    address,
    async read(name, options = {}) {
      const url = address(name);
      let response: Response;
      try {
        response = await fetch(url, options.signal ? { signal: options.signal } : {});
        if (response.ok) return new Uint8Array(await response.arrayBuffer());
      } catch (cause) {
        if (options.signal?.aborted) throw new NearkinError('ABORTED', `Loading ${url} was cancelled.`, { cause });
        throw new NearkinError(
          'IO_ERROR',
          `Could not load ${url}; is the address right, the network there, and does the server allow this origin?`,
          {
            cause,
            details: { url },
          },
        );
      }
      if (response.status === 404 || response.status === 410) throw missingFile(name, base);
      throw new NearkinError(
        'IO_ERROR',
        `Could not load ${url}: the server answered ${response.status} ${response.statusText}.`,
        {
          details: { url, status: response.status },
        },
      );
    },
  };
}

/** A one-letter scheme is a Windows drive, not a scheme. */
function schemeOf(text: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
}

/** Only `.json` names a file: a folder may well be called `mobilenet-v2-1.0`. */
function splitFile(text: string): { folder: string; file: string | undefined } {
  const [path = text] = schemeOf(text)?.startsWith('http') ? text.split(/[?#]/) : [text];
  const match = /^(.*?)([^/\\]+\.json)$/s.exec(path);
  if (!match) return { folder: path, file: undefined };
  return { folder: match[1] || '.', file: match[2] };
}
