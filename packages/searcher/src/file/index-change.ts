import { type Gallery, NearkinError, readGallery, writeGallery } from '@nearkin/core';

/** One change of an index, as a log keeps it. */
export type IndexChange =
  | { readonly kind: 'add' | 'upsert'; readonly gallery: Gallery }
  | { readonly kind: 'remove'; readonly ids: readonly string[] };

const kinds = ['add', 'upsert', 'remove'] as const;

/** One byte for the kind, then a gallery file or a JSON list of ids. */
export function encodeChange(change: IndexChange): Uint8Array {
  const body =
    change.kind === 'remove' ? new TextEncoder().encode(JSON.stringify(change.ids)) : writeGallery(change.gallery);
  const out = new Uint8Array(1 + body.length);
  out[0] = kinds.indexOf(change.kind) + 1;
  out.set(body, 1);
  return out;
}

/** @throws {NearkinError} `BAD_FORMAT` */
export function decodeChange(bytes: Uint8Array): IndexChange {
  const kind = kinds[(bytes[0] ?? 0) - 1];
  if (!kind) throw bad(`expected a change of kind 1 to ${kinds.length}, got ${bytes[0]}`);
  if (kind !== 'remove') return { kind, gallery: readGallery(bytes.subarray(1)) };
  let ids: unknown;
  try {
    ids = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(1)));
  } catch (cause) {
    throw bad('the removed ids are not JSON', cause);
  }
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) throw bad('the removed ids are not texts');
  return { kind, ids };
}

function bad(reason: string, cause?: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid change of an index: ${reason}.`, { cause });
}
