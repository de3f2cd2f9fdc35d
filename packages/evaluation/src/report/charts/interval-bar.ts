import { type Html, html } from '../html.js';

/**
 * A share as a bar from 0 to 1, its interval as a line across. It stands in a table beside its numbers, so that it is
 * nothing to a screen reader.
 */
export function intervalBar(share: {
  value: number | null;
  low?: number | undefined;
  high?: number | undefined;
}): Html {
  const { value, low, high } = share;
  const interval =
    low !== undefined &&
    high !== undefined &&
    html`<rect class="halo" x="${percent(low)}" y="3" width="${percent(high - low)}" height="4"/><rect class="interval" x="${percent(low)}" y="4.2" width="${percent(high - low)}" height="1.6"/>`;
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"
><rect class="track" width="100" height="10"/><rect class="fill" width="${percent(value ?? 0)}" height="10"/>${interval}</svg>`;
}

function percent(share: number): string {
  return (100 * Math.min(1, Math.max(0, share))).toFixed(2);
}
