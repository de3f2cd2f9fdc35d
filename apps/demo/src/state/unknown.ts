import { computed, signal } from '@preact/signals';
import { calibrated, store } from './gallery.js';
import { write } from './saving.js';

/** What the user set by hand; undefined: what the albums say. */
export const chosen = signal<number | undefined>(undefined);

/** Below this score the answer is “unknown”. */
export const unknownBelow = computed(() => chosen.value ?? calibrated.value?.threshold ?? 0.5);

const setting = 'unknownBelow';

/** @param value undefined: calibrated on the albums, and anew whenever they change */
export function setUnknownBelow(value: number | undefined): void {
  chosen.value = value;
  write(() => store.writeSetting(setting, value));
}

export async function recallUnknownBelow(): Promise<void> {
  const value = await store.setting<unknown>(setting);
  chosen.value = typeof value === 'number' ? value : undefined;
}
