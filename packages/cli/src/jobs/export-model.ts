import { NearkinError, throwIfAborted } from '@nearkin/core';
import type { ImageEmbedder } from '@nearkin/embedders';
import { exportGraphModel } from '@nearkin/retrieval';
import type { ExportOptions } from '../commands/export.js';
import { folderSize } from '../folder-size.js';
import { modelFolder } from '../model-folder.js';
import { byteSize } from '../number-text.js';
import { openModel } from '../open-model.js';
import { printable } from '../printable.js';
import type { Terminal } from '../terminal.js';

const loads = {
  layers: 'loadClassifier, or tf.loadLayersModel after registerRetrievalLayers()',
  graph: 'plain tf.loadGraphModel: standard ops only',
};

/** `nearkin export`: a classifier for other programs. */
export async function exportModel(job: ExportOptions & { readonly model: string }, terminal: Terminal): Promise<void> {
  const { format, output } = job;
  const { signal, colors } = terminal;
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
  if (format === 'graph') await exportGraphModel(classifier, output);
  else await classifier.save(output);
  const bytes = await folderSize(modelFolder(output));
  terminal.result({ model: job.model, format, output, bytes, classes: classifier.labels.length }, [
    `${colors.green('✔')} ${printable(output)} (${byteSize(bytes)}), a ${format === 'graph' ? 'GraphModel' : 'LayersModel'}`,
    `  loads with ${loads[format]}`,
  ]);
}
