import { openBundle } from '@nearkin/core';
import { createPreprocessing, loadTfliteEmbedder, type Preprocessing, preprocess } from '@nearkin/embedders';
import { readImage } from '@nearkin/embedders/node';
import { loadClassifier } from '@nearkin/retrieval';
import { createClassifier, openIndex } from '@nearkin/searcher';
import { loadStarter } from '@nearkin/starter';
import { describeTflite, readAssociatedFile } from '@nearkin/tflite';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { tensor4d } from '@tensorflow/tfjs-core';
import { unzipSync } from 'fflate';

/** The best label and its score, as a program in Node finds them in a file that the page gave. */
export interface NodeAnswer {
  readonly label: string;
  readonly score: number;
}

const bestOf = (labels: readonly string[], scores: ArrayLike<number>): NodeAnswer => {
  const score = Math.max(...Array.from(scores));
  return { label: labels[Array.from(scores).indexOf(score)]!, score };
};

/** A saved model, by this library. */
export async function bySavedModel(zip: Uint8Array, picture: string): Promise<NodeAnswer & { nearestId: string }> {
  using classifier = await loadClassifier(new Map(Object.entries(unzipSync(zip))));
  const [answer] = await classifier.classify(await readImage(picture));
  return answer!;
}

interface GraphJson {
  readonly modelTopology: object;
  readonly weightsManifest: { paths: string[]; weights: never[] }[];
  readonly userDefinedMetadata: {
    readonly nearkin: {
      readonly classifier: { readonly labels: string[] };
      readonly embedder: { readonly preprocessing: Preprocessing };
    };
  };
}

/** A GraphModel, by TensorFlow.js as it is. */
export async function byGraphModel(zip: Uint8Array, picture: string): Promise<NodeAnswer> {
  const { bundle } = await openBundle(new Map(Object.entries(unzipSync(zip))));
  const json = JSON.parse(Buffer.from(await bundle.read('model.json')).toString()) as GraphJson;
  const [manifest] = json.weightsManifest;
  const parts = await Promise.all(manifest!.paths.map((path) => bundle.read(path)));
  const model = await loadGraphModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      weightSpecs: manifest!.weights,
      weightData: new Uint8Array(Buffer.concat(parts)).buffer,
    }),
  });
  const { classifier, embedder } = json.userDefinedMetadata.nearkin;
  const { width, height } = embedder.preprocessing;
  const samples = preprocess([await readImage(picture)], createPreprocessing(embedder.preprocessing));
  const scores = model.predict(tensor4d(samples, [1, height, width, 3])) as ReturnType<typeof tensor4d>;
  return bestOf(classifier.labels, await scores.data());
}

/** A `.tflite` file, by LiteRT. */
export async function byTflite(bytes: Uint8Array, picture: string): Promise<NodeAnswer> {
  const [output] = describeTflite(bytes).outputs;
  using model = await loadTfliteEmbedder(bytes, { layer: output!.name, preprocessing: { fit: 'squash' } });
  const labels = Buffer.from(await readAssociatedFile(bytes, 'labels.txt'))
    .toString()
    .trim()
    .split('\n');
  const { data } = await model.embed([await readImage(picture)]);
  return bestOf(labels, data);
}

/** An index of the starter's vectors, by this library. */
export async function byIndex(bytes: Uint8Array, picture: string): Promise<NodeAnswer & { unknown: boolean }> {
  using index = await openIndex(bytes);
  const starter = await loadStarter();
  const [answer] = await createClassifier(starter.image, index).classify(await readImage(picture));
  starter.dispose();
  return answer!;
}
