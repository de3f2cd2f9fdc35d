import { signal } from '@preact/signals';

export type Meter = 'embed' | 'match' | 'search' | 'draw';

/** The latest durations in milliseconds. */
export const meters = signal<Readonly<Record<Meter, readonly number[]>>>({
  embed: [],
  match: [],
  search: [],
  draw: [],
});

const kept = 200;

export function measure(meter: Meter, ms: number): void {
  const all = meters.value;
  meters.value = { ...all, [meter]: [...all[meter].slice(1 - kept), ms] };
}

/** @returns undefined where nothing was measured */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

/** From the change of state to the next frame on screen. */
export function measureDraw(): void {
  const started = performance.now();
  requestAnimationFrame(() => requestAnimationFrame(() => measure('draw', performance.now() - started)));
}
