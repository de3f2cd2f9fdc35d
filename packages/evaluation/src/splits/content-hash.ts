/**
 * 64 bits and the length of some bytes, as text. It finds copies; it does not resist someone who makes collisions.
 *
 * @source FNV-1a, with a second multiplier in the other half (Fowler, Noll and Vo)
 */
export function contentHash(bytes: Uint8Array): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193);
    b = Math.imul(b ^ bytes[i]!, 0x85ebca6b);
    b ^= b >>> 15;
  }
  return `${bytes.length}-${(a >>> 0).toString(16)}-${(b >>> 0).toString(16)}`;
}
