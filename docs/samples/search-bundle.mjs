// #region build
import { readImages } from '@nearkin/embedders/node';
import { buildSearcher, openSearcher, saveSearcher } from '@nearkin/searcher';
import { loadStarter } from '@nearkin/starter';

// Photos: await loadEncoder('hf:Xenova/clip-vit-base-patch32')
const encoder = await loadStarter();
const built = await buildSearcher(readImages('drawings'), {
  encoder,
  journal: 'photos.journal',
});
await saveSearcher(built, 'photos-search');
console.log(built.report.rows, built.report.skipped); // 8 []
// #endregion build

// #region ask
const searcher = await openSearcher('photos-search');
const first = async (query) => (await searcher.search(query, { k: 1 }))[0].id;
console.log(await first('yellow fruit')); // lemon.png
console.log(await first({ text: 'a red balloon', not: 'key' })); // balloon.png
console.log(await first('cherries')); // key.png
// #endregion ask
