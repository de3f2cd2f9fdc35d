import stringWidth from 'string-width';

/** Pads to a width in terminal cells, or shortens with an ellipsis; wide characters count as two. */
export function fit(text: string, width: number): string {
  const cells = stringWidth(text);
  if (cells <= width) return text + ' '.repeat(width - cells);
  let short = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const next = used + stringWidth(segment);
    if (next > width - 1) break;
    short += segment;
    used = next;
  }
  return `${short}…${' '.repeat(Math.max(0, width - 1 - used))}`;
}

/** The cells the longest of the texts needs, at most `most`. */
export function widest(texts: readonly string[], most: number): number {
  return Math.min(most, Math.max(0, ...texts.map((text) => stringWidth(text))));
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A bar of block characters.
 *
 * @param share how much of it is filled; below 0 counts as 0, above 1 as 1
 * @returns exactly `width` cells
 * @example
 * bar(0.5, 4) // '██  '
 */
export function bar(share: number, width: number): string {
  const units = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  const filled = '█'.repeat(units >> 3) + eighths[units & 7];
  return filled + ' '.repeat(width - filled.length);
}

/** Rows of name and value, the names in one column. */
export function facts(
  rows: readonly (readonly [name: string, value: string])[],
  dim: (text: string) => string,
): string[] {
  const width = widest(
    rows.map(([name]) => name),
    20,
  );
  return rows.map(([name, value]) => `  ${dim(fit(name, width))}   ${value}`);
}
