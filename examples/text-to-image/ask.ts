// #region ask
import { openSearcher } from '@nearkin/searcher';

export async function ask(bundle: string, words: string) {
  using searcher = await openSearcher(bundle);
  const found = await searcher.search(words, { k: 3 }); // [{ id: 'cat.png', score: 0.31 }, …], best first
  const [best] = found;
  const alike = best ? await searcher.search({ like: best.id }, { k: 3 }) : [];
  return { found, alike };
}
// #endregion ask
