// #region sample
import { embedGallery } from '@nearkin/core';
import { createFilterEmbedder, readAlbums } from '@nearkin/embedders/node';
import { evaluateRetrieval } from '@nearkin/evaluation';

const embedder = createFilterEmbedder();
const queries = await embedGallery(embedder, readAlbums('photos'));
const { mean } = await evaluateRetrieval({ queries, k: [1, 3] });
console.log(mean['hitRate@1'].toFixed(3), mean['apAtR'].toFixed(3)); // 1.000 0.681
// #endregion sample
