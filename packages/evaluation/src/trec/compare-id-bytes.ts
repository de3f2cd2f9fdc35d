/**
 * Orders ids by their UTF-8 bytes, as C's `strcmp` does. That is the order of code points, which differs from
 * JavaScript's own order of UTF-16 units beyond the basic plane.
 */
export function compareIdBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    // Step back to the start of a surrogate pair whose second half differs.
    const at = i > 0 && isLowSurrogate(a.charCodeAt(i)) && isLowSurrogate(b.charCodeAt(i)) ? i - 1 : i;
    return a.codePointAt(at)! - b.codePointAt(at)!;
  }
  return a.length - b.length;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
