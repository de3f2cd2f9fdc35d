import type { SearchIndex } from '../src/state/search-index.js';
import { toSnapshot } from '../src/state/snapshot.js';

/** The first number of every row of a `flat` index, by id. */
export function indexRows(index: SearchIndex): Map<string, number> {
  const { header, sections, ids } = toSnapshot(index);
  const values = new Float32Array(sections.get('rows.f32')!.slice().buffer);
  const rows = new Uint32Array(sections.get('row.ids')!.slice().buffer);
  const stride = header.count > 0 ? values.length / header.count : 0;
  return new Map(Array.from(rows, (row, i) => [ids[row]!, values[i * stride]!]));
}
