import { bad } from './string-table.js';

/** So that a count is one byte of UTF-8. */
const longest = 127;

/**
 * Texts without what they have in common with the one before: each begins with two characters whose codes say how many
 * UTF-16 units of the text before are its beginning, and how many its end. Every `perBlock` texts it starts anew.
 *
 * File names and running numbers get a third of their length.
 */
export function shortenTexts(texts: readonly string[], perBlock: number): string[] {
  return texts.map((text, i) => {
    const before = i % perBlock === 0 ? '' : texts[i - 1]!;
    const most = Math.min(longest, before.length, text.length);
    let start = 0;
    while (start < most && before[start] === text[start]) start++;
    // Half a surrogate pair is no text.
    if (start > 0 && isHigh(text, start - 1)) start--;
    const rest = Math.min(most, text.length - start);
    let end = 0;
    while (end < rest && before.at(-1 - end) === text.at(-1 - end)) end++;
    if (end > 0 && isLow(text, text.length - end)) end--;
    return String.fromCharCode(start, end) + text.slice(start, text.length - end);
  });
}

/**
 * The texts of one block again.
 *
 * @throws {NearkinError} `BAD_FORMAT` when more is taken over than there is
 */
export function lengthenTexts(block: readonly string[], what: string): string[] {
  let before = '';
  return block.map((text) => {
    const [start, end] = [text.charCodeAt(0), text.charCodeAt(1)];
    if (!(start <= before.length && end <= before.length)) throw bad(what, 'a text takes over more than there is');
    before = before.slice(0, start) + text.slice(2) + before.slice(before.length - end);
    return before;
  });
}

function isHigh(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function isLow(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
