// #region make-searchable
import { loadDualEncoder } from '@nearkin/embedders';
import { readImages } from '@nearkin/embedders/node';
import { buildSearcher, saveSearcher } from '@nearkin/searcher';

/** Pictures to a search bundle; run it again after a crash and it goes on where it was. */
export async function makeSearchable(pictures: string, encoderSource: string, bundle: string) {
  using encoder = await loadDualEncoder(encoderSource);
  using searcher = await buildSearcher(readImages(pictures), { encoder, journal: `${bundle}.journal` });
  await saveSearcher(searcher, bundle);
  return searcher.report; // { rows, skipped: [{ id, code, message }], … }
}
// #endregion make-searchable
