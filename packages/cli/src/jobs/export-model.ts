import { stat } from 'node:fs/promises';
import { NearkinError, throwIfAborted } from '@nearkin/core';
import type { ImageEmbedder } from '@nearkin/embedders';
import { exportGraphModel } from '@nearkin/retrieval';
import type { ExportOptions } from '../commands/export.js';
import { exportAsTflite } from '../export-as-tflite.js';
import { folderSize } from '../folder-size.js';
import { modelFolder } from '../model-folder.js';
import { byteSize } from '../number-text.js';
import { openModel } from '../open-model.js';
import { printable } from '../printable.js';
import type { Terminal } from '../terminal.js';

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
  if (format !== 'tflite' && (job.base !== undefined || job.layer !== undefined))
    throw new NearkinError('INVALID_ARGUMENT', `--base and --layer belong to --format tflite, not to ${format}.`);
  if (modelFolder(output) === modelFolder(job.model))
    throw new NearkinError('INVALID_ARGUMENT', `Expected another folder than the classifier's own, got ${output}.`, {
      details: { output },
    });
  using classifier = await openModel(job, terminal);
  if (format === 'layers' && (classifier.embedder as ImageEmbedder).model?.kind !== 'layers')
    throw new NearkinError(
      'UNSUPPORTED',
      `Expected a classifier on a LayersModel, got one on ${classifier.modelId}; export it with --format graph.`,
      { details: { modelId: classifier.modelId } },
    );
  throwIfAborted(signal);
  if (format === 'tflite') await exportAsTflite(classifier, { base: job.base, layer: job.layer, output, signal });
  else if (format === 'graph') await exportGraphModel(classifier, output);
  else await classifier.save(output);
  const bytes = format === 'tflite' ? (await stat(output)).size : await folderSize(modelFolder(output));
  terminal.result({ model: job.model, format, output, bytes, classes: classifier.labels.length }, [
    `${colors.green('✔')} ${printable(output)} (${byteSize(bytes)}), ${kinds[format]}`,
    `  loads with ${loads[format]}`,
  ]);
}
