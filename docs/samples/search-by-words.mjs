// #region sample
import { readImages } from '@nearkin/embedders/node';
import { buildSearcher } from '@nearkin/searcher';
import { loadStarter } from '@nearkin/starter';

const encoder = await loadStarter();
const searcher = await buildSearcher(readImages('drawings'), { encoder });
const [best] = await searcher.search('a spider');
console.log(best.id); // spider.png
// #endregion sample
