import type { SearchIndex } from '../state/search-index.js';
import { type EngineOptions, fromSnapshot, toSnapshot } from '../state/snapshot.js';
import type { IndexEngine } from './load-with-log.js';

/** How files become search indexes, with the given engine. */
export function indexEngine(options: EngineOptions = {}): IndexEngine<SearchIndex> {
  return {
    load: (snapshot) => fromSnapshot(snapshot, options),
    apply(index, change) {
      if (change.kind === 'remove') index.remove(change.ids);
      else index[change.kind](change.gallery);
    },
    save: toSnapshot,
  };
}
