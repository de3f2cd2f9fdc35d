import { createPicture, createRng } from '@nearkin/core';
import { loadImageEmbedder } from '@nearkin/embedders';
import { buildClassifier } from '@nearkin/retrieval';
import { sharedData } from '../../testing/shared-data.js';
import { interleaved, ms, type Row, randomGallery } from './measure.js';

/** What 10,000 classes cost on top of the embedding, on a real model; nothing where its weights are absent. */
export async function overhead(rounds: number): Promise<Row[]> {
  const weights = sharedData('weights/mobilenet-v2-1.0-224-u8');
  if (!weights) return [];
  const embedder = await loadImageEmbedder(weights, { layer: 'embedding' });
  const gallery = randomGallery({ rows: 10_000, classes: 10_000, dim: embedder.dim, modelId: embedder.id });
  const classifier = buildClassifier(embedder, gallery);
  const rng = createRng(3);
  const data = Uint8Array.from({ length: 224 * 224 * 3 }, () => rng.integer(256));
  const picture = createPicture({ data, width: 224, height: 224, channels: 3 });
  const [bare, whole] = await interleaved(
    [() => embedder.embed([picture]), () => classifier.classify(picture)],
    rounds,
  );
  classifier.dispose();
  embedder.dispose();
  const share = ((whole! - bare!) / bare!) * 100;
  return [
    {
      what: 'classify with MobileNetV2, 10,000 classes',
      figure: ms(whole!),
      against: `${ms(bare!)} (its embedder alone)`,
      ratio: `+${share.toFixed(1)} %`,
    },
  ];
}
