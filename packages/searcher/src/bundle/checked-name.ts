import { type Bundle, crc32c, NearkinError } from '@nearkin/core';

/** Puts checksum and length of the content into a file's name, so that it cannot be taken for another one. */
export function checkedName(name: string, bytes: Uint8Array): string {
  const dot = name.lastIndexOf('.');
  const mark = `${crc32c(bytes).toString(16).padStart(8, '0')}-${bytes.length}`;
  return `${name.slice(0, dot)}-${mark}${name.slice(dot)}`;
}

/** The length of the content by the file's name; undefined when the name says none. */
export function checkedSize(name: string): number | undefined {
  const size = /-[0-9a-f]{8}-(\d+)\.[^.]+$/.exec(name)?.[1];
  return size === undefined ? undefined : Number(size);
}

/**
 * Reads a file whose name was made by {@link checkedName}.
 *
 * @throws {NearkinError} `BAD_FORMAT` when its content is not what the name says, `NOT_FOUND`, `UNSAFE_PATH`, `IO_ERROR`
 */
export async function readChecked(
  bundle: Bundle,
  name: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array> {
  const bytes = await bundle.read(name, options);
  const plain = name.replace(/-[0-9a-f]{8}-\d+(\.[^.]+)$/, '$1');
  if (checkedName(plain, bytes) === name) return bytes;
  throw new NearkinError(
    'BAD_FORMAT',
    `${name} in ${bundle.location} is not what was saved: its content does not match its name. Is the file cut off?`,
    { details: { location: bundle.location, file: name } },
  );
}
