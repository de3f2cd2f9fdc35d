import { computed } from '@preact/signals';
import type { Entry } from '../engines/gallery-store.js';
import type { Rows } from '../engines/teach.worker.js';
import { engine } from './engine.js';
import { busy, entries, vectors } from './gallery.js';
import { library, libraryEdition, libraryVectors, libraryWork } from './library.js';

/** Albums and library together: what is searched, mapped and inspected. */
export const everything = computed<readonly Entry[]>(() => [...entries.value, ...library.value]);

export const pictureById = computed(() => new Map(everything.value.map((entry) => [entry.id, entry])));

/** Pictures are still being looked at. */
export const looking = computed(() => busy.value || libraryWork.value !== undefined);

let version = 0;
/** Another number whenever pictures or their vectors change, so that what was computed before is known to be old. */
export const contents = computed(() => {
  entries.value;
  vectors.value;
  engine.value;
  libraryEdition.value;
  return ++version;
});

/** All pictures that have a vector. */
export function allRows(): Rows | undefined {
  const { dim } = engine.peek() ?? {};
  if (dim === undefined) return undefined;
  const rows = everything.peek().flatMap((entry) => {
    const row = vectors.peek().get(entry.id) ?? libraryVectors.get(entry.id);
    return row?.length === dim ? [{ entry, row }] : [];
  });
  if (rows.length === 0) return undefined;
  const data = new Float32Array(rows.length * dim);
  rows.forEach(({ row }, i) => {
    data.set(row, i * dim);
  });
  return { ids: rows.map(({ entry }) => entry.id), labels: rows.map(({ entry }) => entry.label), data, dim };
}
