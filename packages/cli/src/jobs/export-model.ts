import { stat } from 'node:fs/promises';
import { NearkinError, throwIfAborted } from '@nearkin/core';
import type { ImageEmbedder, ImageInput, TfliteEmbedder } from '@nearkin/embedders';
import { exportGraphModel, loadClassifier, type RetrievalClassifier } from '@nearkin/retrieval';
import { assertOutputFolder } from '../assert-output-folder.js';
import { exportAsTflite, openBase } from '../classifiers/export-as-tflite.js';
import { modelFolder } from '../classifiers/model-folder.js';
import { openModel } from '../classifiers/open-model.js';
import { folderSize } from '../inspection/folder-size.js';
import type { ExportOptions } from '../options/export-options.js';
import { byteSize } from '../terminal/number-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';

const kinds = { layers: 'a LayersModel', graph: 'a GraphModel', tflite: 'a TFLite model' };
const loads = {
  layers: 'loadClassifier, or tf.loadLayersModel after registerRetrievalLayers()',
  graph: 'plain tf.loadGraphModel: standard ops only',
  tflite: 'Task Library, MediaPipe ImageClassifier or LiteRT',
};

/** `nearkin export`: a classifier for other programs. */
export async function exportModel(job: ExportOptions & { readonly model: string }, terminal: Terminal): Promise<void> {
  const { format, output } = job;
  const { signal, colors } = terminal;
  if (format !== 'tflite' && (job.base ?? job.layer ?? job.normalize) !== undefined)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `--base, --layer and --normalize belong to --format tflite, not to ${format}.`,
    );
  if (modelFolder(output) === modelFolder(job.model))
    throw new NearkinError('INVALID_ARGUMENT', `Expected another folder than the classifier's own, got ${output}.`, {
      details: { output },
    });
  if (format !== 'tflite') await assertOutputFolder(output, { root: 'model.json' });
  const opened = await open(job, terminal);
  using classifier = opened.classifier;
  using base = opened.base;
  if (format === 'layers' && (classifier.embedder as ImageEmbedder).model?.kind !== 'layers')
    throw new NearkinError(
      'UNSUPPORTED',
      `Expected a classifier on a LayersModel, got one on ${classifier.modelId}; export it with --format graph.`,
      { details: { modelId: classifier.modelId } },
    );
  throwIfAborted(signal);
  if (format === 'tflite') await exportAsTflite(classifier, { base, normalization: job.normalize, output, signal });
  else if (format === 'graph') await exportGraphModel(classifier, output);
  else await classifier.save(output);
  const bytes = format === 'tflite' ? (await stat(output)).size : await folderSize(modelFolder(output));
  terminal.result({ model: job.model, format, output, bytes, classes: classifier.labels.length }, [
    `${colors.green('✔')} ${printable(output)} (${byteSize(bytes)}), ${kinds[format]}`,
    `  loads with ${loads[format]}`,
  ]);
}

/** The classifier and the base that was named; where nothing else says what the embedder is, the base is tried. */
async function open(
  job: ExportOptions & { readonly model: string },
  terminal: Terminal,
): Promise<{ classifier: RetrievalClassifier<ImageInput>; base: TfliteEmbedder | undefined }> {
  const { model, base: path, layer, embedder } = job;
  const { signal } = terminal;
  let classifier: RetrievalClassifier<ImageInput>;
  try {
    classifier = await openModel(job, terminal);
  } catch (error) {
    const lacks = error instanceof NearkinError && error.code === 'EMBEDDER_NEEDED';
    if (!lacks || path === undefined || embedder !== undefined) throw error;
    // As it was opened when the classifier was built: what --normalize says is for the new file.
    const base = await openBase(path, { layer, normalization: undefined, signal });
    return { classifier: await loadClassifier(model, { embedder: base, signal }), base };
  }
  const base = path === undefined ? undefined : await openBase(path, { layer, normalization: job.normalize, signal });
  return { classifier, base };
}
