import { createPicture, createRng, embedGallery, type Picture } from '@nearkin/core';
import { createImageEmbedder, type ImageEmbedder } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** A small convolutional net with fixed weights, as an embedder of 8 x 8 pictures. */
export function toyImageEmbedder(seed = 3): ImageEmbedder {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [8, 8, 3], filters: 6, kernelSize: 3, activation: 'relu', padding: 'same' }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 12 }),
    ],
  });
  randomWeights(model, seed);
  return createImageEmbedder({ kind: 'layers', model }, { ownsModel: true });
}

export function randomWeights(model: tfl.LayersModel, seed: number): void {
  const rng = createRng(seed);
  tf.tidy(() => {
    model.setWeights(
      model.getWeights().map((weight) => {
        const scale = Math.sqrt(2 / Math.max(1, weight.size / weight.shape.at(-1)!));
        const positive = weight.shape.length === 1;
        return tf.tensor(
          Float32Array.from({ length: weight.size }, () => (positive ? 0.5 + rng.uniform() : scale * rng.normal())),
          weight.shape,
        );
      }),
    );
  });
}

export function toyPictures(count: number, seed = 5): Picture[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () =>
    createPicture({
      data: Uint8Array.from({ length: 8 * 8 * 3 }, () => rng.integer(256)),
      width: 8,
      height: 8,
      channels: 3,
    }),
  );
}

export function toyPictureGallery(embedder: ImageEmbedder, labels: readonly string[]) {
  const pictures = toyPictures(labels.length, 17);
  return embedGallery(
    embedder,
    pictures.map((input, i) => ({ id: `picture ${i}`, label: labels[i]!, input })),
  );
}
