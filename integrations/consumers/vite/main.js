import '@tensorflow/tfjs-backend-cpu';
import { embedGallery } from '@nearkin/core';
import { createFilterEmbedder } from '@nearkin/embedders/browser';
import { buildClassifier } from '@nearkin/retrieval';

/** A plain coloured canvas, as a picture. */
async function picture(color) {
  const canvas = new OffscreenCanvas(64, 64);
  const context = canvas.getContext('2d');
  context.fillStyle = color;
  context.fillRect(8, 8, 48, 48);
  return canvas.convertToBlob();
}

const items = await Promise.all(
  ['crimson', 'seagreen', 'royalblue'].map(async (color) => ({ id: color, label: color, input: await picture(color) })),
);
const embedder = createFilterEmbedder();
const classifier = buildClassifier(embedder, await embedGallery(embedder, items));
const [best] = await classifier.classify(await picture('firebrick'));

const worker = new Worker(new URL('./search-worker.js', import.meta.url), { type: 'module' });
const found = await new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = reject;
});
document.querySelector('#said').textContent = `firebrick is ${best.label}, a worker found ${found}`;
document.body.dataset.done = 'true';
