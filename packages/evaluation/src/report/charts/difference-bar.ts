import { type Html, html } from '../html.js';

/** A difference as a dot with its interval, on a line from -reach to reach with a mark at 0; numbers stand beside it. */
export function differenceBar(entry: { difference: number; low: number; high: number }, reach: number): Html {
  const { difference, low, high } = entry;
  const at = (value: number) => Math.min(100, Math.max(0, 50 + (50 * value) / reach));
  const kind = low > 0 || high < 0 ? 'clear' : 'open';
  return html`<svg class="bar difference ${kind}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"
><rect class="track" width="100" height="10"/><rect class="zero" x="49.8" width="0.4" height="10"/><rect class="fill" x="${at(low).toFixed(2)}" y="2.5" width="${Math.max(0.5, at(high) - at(low)).toFixed(2)}" height="5"/><rect class="interval" x="${(at(difference) - 0.4).toFixed(2)}" width="0.8" height="10"/></svg>`;
}
