// #region build
import { embedGallery } from '@nearkin/core';
import { createFilterEmbedder, readAlbums } from '@nearkin/embedders/node';
import { evaluateClassifier } from '@nearkin/evaluation';
import { buildClassifier, loadClassifier } from '@nearkin/retrieval';

// Photos deserve a learned one: loadImageEmbedder('models/mobilenet-v2')
const embedder = createFilterEmbedder();
const gallery = await embedGallery(embedder, readAlbums('albums'));
const classifier = buildClassifier(embedder, gallery, {
  metadata: { name: 'Corner shop' },
});
console.log(classifier.labels.join(', '));
// apple juice, black tea, corn flakes, hand soap, oat milk, tomato soup
// #endregion build

// #region ask
for (const { label, score, nearestId } of await classifier.classify(
  'photos/oat milk/3.png',
  { k: 3 },
)) {
  console.log(label.padEnd(12), score.toFixed(2), nearestId);
}
// oat milk     0.98 oat milk/front.png
// corn flakes  0.93 corn flakes/front.png
// tomato soup  0.92 tomato soup/front.png
// #endregion ask

// #region count
const samples = [];
for await (const { id, label, input } of readAlbums('photos'))
  samples.push({
    id,
    label,
    predictions: await classifier.classify(await input(), { k: 5 }),
  });
const { top1 } = evaluateClassifier(samples);
const { correct, total, low, high } = top1;
const interval = `${low.toFixed(2)} to ${high.toFixed(2)}`;
console.log(`${correct} of ${total}, 95 % interval ${interval}`);
// 24 of 24, 95 % interval 0.86 to 1.00
// #endregion count

// #region edit
// One picture, no training.
await classifier.addClass('grape soda', ['strangers/grape soda/1.png']);
await classifier.addExamples('oat milk', ['photos/oat milk/4.png']);
classifier.removeClass('hand soap');
console.log(classifier.labels.join(', '));
// apple juice, black tea, corn flakes, oat milk, tomato soup, grape soda
// #endregion edit

// #region keep
await classifier.save('shop-model');
const opened = await loadClassifier('shop-model');
const [found] = await opened.classify('strangers/grape soda/3.png');
console.log(found.label, found.nearestId); // grape soda grape soda#1
// #endregion keep
