/**
 * Text that cannot command a terminal: control and direction characters, which a file's or a label's name may hold,
 * become visible escapes.
 *
 * @example
 * printable('cat\u001b[2J') // 'cat\\u001b[2J'
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
