import { NearkinError, writeGallery } from '@nearkin/core';
import type { ImageEmbedder } from '@nearkin/embedders';
import { exportGraphModel, type ModelMetadata, type RetrievalClassifier } from '@nearkin/retrieval';

/** `save`: for nearkin; `graph`: for any tfjs program; `tflite`: for devices; `index`: a `.nearkin` file. */
export type ExportKind = 'save' | 'graph' | 'tflite' | 'index';
export type ModelCard = ModelMetadata;

/** Goes along where the format itself has no rows, so that every export can be opened here again. */
export const rowsFile = 'gallery.safetensors';
/** Goes along in a `.tflite`, whose own threshold is a float32 and no longer the number that was set. */
export const settingsFile = 'settings.json';

/**
 * A classifier as files by name; of `tflite` and `index` there is one.
 *
 * @throws {NearkinError} `UNSUPPORTED` where the base model cannot become this kind of file
 */
export async function exportClassifier(
  classifier: RetrievalClassifier<Blob>,
  kind: ExportKind,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  if (kind === 'save') await classifier.save(files);
  else if (kind === 'graph') {
    await exportGraphModel(classifier, files);
    files.set(rowsFile, writeGallery(classifier.gallery));
  } else if (kind === 'tflite') files.set('model.tflite', await asTflite(classifier));
  else files.set('index.nearkin', await asIndex(classifier));
  return files;
}

async function asTflite(classifier: RetrievalClassifier<Blob>): Promise<Uint8Array> {
  const { model, preprocessing, tflite } = classifier.embedder as Partial<ImageEmbedder> & {
    readonly tflite?: { readonly bytes: Uint8Array; readonly index: number };
  };
  const { exportTflite } = await import('@nearkin/tflite');
  const { unknownBelow } = classifier.settings;
  const files = new Map([
    [rowsFile, writeGallery(classifier.gallery)],
    [settingsFile, new TextEncoder().encode(JSON.stringify({ unknownBelow }))],
  ]);
  if (tflite) return exportTflite(classifier, tflite.bytes, { embedding: tflite.index, files });
  if (model?.kind !== 'layers' || !model.artifacts)
    throw new NearkinError(
      'UNSUPPORTED',
      'This base model cannot be written as TFLite; one that is made of tfjs layers can.',
    );
  const { convertLayers } = await import('@nearkin/tflite/layers');
  const base = convertLayers(model.artifacts, preprocessing ? { preprocessing } : {});
  return exportTflite(classifier, base, { files });
}

async function asIndex({ gallery, settings }: RetrievalClassifier<Blob>): Promise<Uint8Array> {
  const { buildIndex, fromSnapshot, toSnapshot } = await import('@nearkin/searcher');
  using index = await buildIndex(gallery);
  const { unknownBelow } = settings;
  if (typeof unknownBelow !== 'number') return index.toBytes();
  const snapshot = toSnapshot(index);
  using marked = await fromSnapshot({ ...snapshot, header: { ...snapshot.header, unknownBelow } });
  return marked.toBytes();
}
