// #region scores
import { embedGallery } from '@nearkin/core';
import { createFilterEmbedder, readAlbums } from '@nearkin/embedders/node';
import { calibrateThreshold, openSetMetrics } from '@nearkin/evaluation';
import { buildClassifier } from '@nearkin/retrieval';

const embedder = createFilterEmbedder();
const classifier = buildClassifier(
  embedder,
  await embedGallery(embedder, readAlbums('albums')),
);

async function bestScores(folder) {
  const scores = [];
  for await (const { label, input } of readAlbums(folder)) {
    const [best] = await classifier.classify(await input(), { k: 1 });
    scores.push({ score: best.score, right: best.label === label });
  }
  return scores;
}
const known = await bestScores('photos');
const unknown = await bestScores('strangers');
// #endregion scores

// #region separate
const { auroc, dirAtFar } = openSetMetrics({
  known: known.map(({ score }) => score),
  unknown: unknown.map(({ score }) => score),
  correct: known.map(({ right }) => right),
  far: [0.1],
});
console.log(
  `AUROC ${auroc.toFixed(3)}, right and accepted at 10 % false alarms ${dirAtFar[0].dir.toFixed(3)}`,
);
// AUROC 1.000, right and accepted at 10 % false alarms 1.000
// #endregion separate

// #region threshold
const { threshold, recall, far } = calibrateThreshold({
  scores: [...known, ...unknown].map(({ score }) => score),
  isMatch: [...known.map(({ right }) => right), ...unknown.map(() => false)],
  objective: 'far',
  target: 0.1,
});
console.log(
  `accept from ${threshold.toFixed(2)}: recall ${recall.toFixed(2)}, false accepts ${far.toFixed(2)}`,
);
// accept from 0.92: recall 1.00, false accepts 0.08
classifier.setUnknownBelow(threshold);
// #endregion threshold

// #region ask
for (const picture of [
  'photos/corn flakes/1.png',
  'strangers/mint gum/2.png',
]) {
  const [best] = await classifier.classify(picture);
  console.log(best.unknown ? 'unknown' : best.label, best.score.toFixed(2));
}
// corn flakes 0.99
// unknown 0.92
// #endregion ask
