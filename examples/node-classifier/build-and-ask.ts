// #region build-and-ask
import { embedGallery } from '@nearkin/core';
import { createFilterEmbedder } from '@nearkin/embedders';
import { readAlbums, readImage } from '@nearkin/embedders/node';
import { buildClassifier } from '@nearkin/retrieval';

export async function buildAndAsk(albums: string, picture: string) {
  const embedder = createFilterEmbedder();
  const gallery = await embedGallery(embedder, readAlbums(albums)); // albums/LABEL/PICTURE
  using classifier = buildClassifier(embedder, gallery);
  return await classifier.classify(await readImage(picture)); // [{ label, score, nearestId, unknown }, …]
}
// #endregion build-and-ask
