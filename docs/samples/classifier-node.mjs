// #region sample
import { embedGallery } from '@nearkin/core';
import { createFilterEmbedder, readAlbums } from '@nearkin/embedders/node';
import { buildClassifier } from '@nearkin/retrieval';

const embedder = createFilterEmbedder();
const gallery = await embedGallery(embedder, readAlbums('albums'));
const classifier = buildClassifier(embedder, gallery);

const [best] = await classifier.classify('photos/black tea/2.png');
console.log(best.label, best.nearestId); // black tea black tea/front.png
// #endregion sample
