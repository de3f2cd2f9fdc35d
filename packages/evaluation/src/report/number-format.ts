/** A share of 1 in percent with one decimal: `58.9 %`; a dash where there is none. */
export function formatShare(value: number | null): string {
  return value === null ? '–' : `${(value * 100).toFixed(1)}\u00a0%`;
}

/** An interval of shares in percent: `53.1 – 64.5 %`. */
export function formatShareRange(low: number, high: number): string {
  return `${(low * 100).toFixed(1)}\u00a0–\u00a0${(high * 100).toFixed(1)}\u00a0%`;
}

/** `1st`, `2nd`, `3rd`, `4th`, `11th`, `21st`. */
export function formatOrdinal(rank: number): string {
  const tens = rank % 100;
  const suffix = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][rank % 10] ?? 'th');
  return `${rank}${suffix}`;
}

/** A score with three decimals, and a true minus sign. */
export function formatScore(value: number): string {
  return value.toFixed(3).replace('-', '\u2212');
}

/** `1 picture`, `2 pictures`, `1,200 pictures`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}
