const bytes = new Uint8Array(4);

/**
 * MurmurHash3 (x86, 32 bits) of a text's UTF-8 bytes; a lone surrogate counts as U+FFFD, as in `TextEncoder`.
 *
 * @param seed the low 32 bits count
 * @returns an integer from 0 to 2^32 - 1, the same on every host
 * @source Austin Appleby, SMHasher, MurmurHash3.cpp
 * @example
 * murmur3('hello', 0); // 613153351
 */
export function murmur3(text: string, seed: number): number {
  let hash = seed | 0;
  let block = 0;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i)!;
    if (point > 0xffff) i++;
    const count = encode(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
    for (let k = 0; k < count; k++) {
      block |= bytes[k]! << (8 * (length & 3));
      if ((++length & 3) !== 0) continue;
      hash ^= scramble(block);
      hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
      block = 0;
    }
  }
  hash ^= scramble(block) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

/** Puts the UTF-8 bytes of a code point into `bytes`; returns how many there are. */
function encode(point: number): number {
  if (point < 0x80) {
    bytes[0] = point;
    return 1;
  }
  const count = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  for (let k = count - 1; k > 0; k--) {
    bytes[k] = 0x80 | (point & 0x3f);
    point >>>= 6;
  }
  bytes[0] = [0, 0, 0xc0, 0xe0, 0xf0][count]! | point;
  return count;
}
