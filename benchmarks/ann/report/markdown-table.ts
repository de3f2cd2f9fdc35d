/** A Markdown table; columns whose cells are all numbers or dashes stand to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const right = head.map((_, column) =>
    rows.every((row) => /^[\d.,–~<>≥×+\-\s%kM]*( \(.*\))?$/.test(row[column] ?? '')),
  );
  return [
    `| ${head.join(' | ')} |`,
    `|${right.map((numeric) => (numeric ? '---:' : '---')).join('|')}|`,
    ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
  ];
}

/** Three digits: `13,100`, `57.2`, `0.412`; null is a dash. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const rounded = Number(value.toPrecision(3));
  return rounded >= 1000 ? rounded.toLocaleString('en') : String(rounded);
}
