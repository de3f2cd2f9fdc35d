import { signal } from '@preact/signals';

/** The vector that was asked with last, under Teach or Search: the star on the map. */
export const question = signal<Float32Array | undefined>(undefined);
