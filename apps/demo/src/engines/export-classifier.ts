import { NearkinError, openBundle, writeBundle } from '@nearkin/core';
import { exportGraphModel, type ModelMetadata, type RetrievalClassifier } from '@nearkin/retrieval';

export type ExportKind = 'save' | 'graph' | 'tflite';
export type ModelCard = ModelMetadata;

/** Between tfjs, which writes to browser storage, and a zip. */
const drawer = 'indexeddb://nearkin-demo-export';

/** @throws {NearkinError} `UNSUPPORTED` where the base model cannot become this kind of file */
export async function exportClassifier(
  classifier: RetrievalClassifier<Blob>,
  kind: ExportKind,
): Promise<Map<string, Uint8Array>> {
  if (kind === 'tflite') return new Map([['model.tflite', await asTflite(classifier)]]);
  if (kind === 'graph') await exportGraphModel(classifier, drawer);
  else await classifier.save(drawer);
  try {
    return await filesOf(drawer);
  } finally {
    await writeBundle(drawer, new Map([['model.json', new Uint8Array()]]), 'model.json');
  }
}

interface ModelJson {
  readonly weightsManifest?: readonly { readonly paths: readonly string[] }[];
  readonly userDefinedMetadata?: { readonly nearkin?: { readonly classifier?: { readonly gallery?: string } } };
}

async function filesOf(source: string): Promise<Map<string, Uint8Array>> {
  const { bundle } = await openBundle(source);
  const root = await bundle.read('model.json');
  const json = JSON.parse(new TextDecoder().decode(root)) as ModelJson;
  const gallery = json.userDefinedMetadata?.nearkin?.classifier?.gallery;
  const names = [...(json.weightsManifest?.flatMap(({ paths }) => paths) ?? []), ...(gallery ? [gallery] : [])];
  const files = new Map([['model.json', root]]);
  for (const name of names) files.set(name, await bundle.read(name));
  return files;
}

async function asTflite(classifier: RetrievalClassifier<Blob>): Promise<Uint8Array> {
  const { exportTflite } = await import('@nearkin/tflite');
  const { convertLayers } = await import('@nearkin/tflite/layers');
  const embedder = classifier.embedder as Partial<import('@nearkin/embedders').ImageEmbedder>;
  const { model, preprocessing } = embedder;
  if (model?.kind !== 'layers' || !model.artifacts)
    throw new NearkinError(
      'UNSUPPORTED',
      'This base model cannot be written as TFLite; one that is made of tfjs layers can.',
    );
  const base = convertLayers(model.artifacts, preprocessing ? { preprocessing } : {});
  return exportTflite(classifier, base);
}
