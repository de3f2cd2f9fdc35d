import type { Entry } from '../engines/gallery-store.js';
import { isStored, storedBlob } from '../state/library.js';

/** Blobs stay the same objects for as long as an entry lives: one address each is enough. */
const addresses = new WeakMap<Blob, string>();

export function addressOf(blob: Blob): string {
  const known = addresses.get(blob);
  if (known) return known;
  const made = URL.createObjectURL(blob);
  addresses.set(blob, made);
  return made;
}

/** A picture's bytes, where they are there; those of the library are read when they are first shown. */
export function blobOf(entry: Entry | undefined, large = false): Blob | undefined {
  if (isStored(entry)) return entry.stored.ready ? storedBlob(entry, large ? 'picture' : 'thumb').value : undefined;
  return large ? (entry?.picture ?? entry?.thumb) : (entry?.thumb ?? entry?.picture);
}

/** A picture of the gallery, or its name where there is no picture. */
export function Thumb({ entry, alt = '', large = false }: { entry: Entry | undefined; alt?: string; large?: boolean }) {
  const blob = blobOf(entry, large);
  if (!blob) {
    const initials = isStored(entry) ? '' : (entry?.label || entry?.name || '?').slice(0, 2);
    return alt ? (
      <span class="thumb blank" role="img" aria-label={alt}>
        {initials}
      </span>
    ) : (
      <span class="thumb blank">{initials}</span>
    );
  }
  return <img class="thumb" src={addressOf(blob)} alt={alt} loading="lazy" decoding="async" />;
}
