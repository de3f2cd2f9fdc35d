// #region sample
import { embedGallery } from '@nearkin/core';
import {
  createFilterEmbedder,
  fromFunction,
  readAlbums,
} from '@nearkin/embedders/node';
import { evaluateRetrieval } from '@nearkin/evaluation';

// A rival that is easy to understand: the mean colour of a picture.
const meanColour = fromFunction(
  (pictures) =>
    pictures.map(({ data, channels }) => {
      const sums = [0, 0, 0];
      data.forEach((value, i) => {
        if (i % channels < 3) sums[i % channels] += value - 127.5;
      });
      return sums;
    }),
  { id: 'mean-colour', dim: 3 },
);
for (const [name, embedder] of [
  ['filters', createFilterEmbedder()],
  ['mean colour', meanColour],
]) {
  const queries = await embedGallery(embedder, readAlbums('photos'));
  const { mean } = await evaluateRetrieval({ queries, k: [1] });
  console.log(
    name.padEnd(12),
    mean['hitRate@1'].toFixed(2),
    mean['apAtR'].toFixed(2),
  );
}
// filters      1.00 0.68
// mean colour  0.79 0.55
// #endregion sample
