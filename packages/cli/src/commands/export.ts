import { type Command, Option } from 'commander';
import { normalizationValue } from '../classifiers/normalization-value.js';
import type { ExportOptions } from '../options/export-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function exportVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'export <model>',
    summary: 'a classifier for other programs',
    description: 'Write a classifier for other programs.',
    examples: [
      'export pets --format graph -o pets-graph   # for plain tf.loadGraphModel',
      'export pets --format tflite -o pets.tflite   # for phones and MediaPipe',
      'export pets --format tflite --base mobilenet.tflite -o pets.tflite',
    ],
  })
    .addOption(
      new Option(
        '--format <format>',
        'layers: a tfjs LayersModel; graph: a GraphModel of standard ops only; tflite: one file for phones',
      )
        .choices(['layers', 'graph', 'tflite'])
        .makeOptionMandatory(),
    )
    .requiredOption('-o, --output <path>', 'folder to write to; with tflite a file')
    .option('--base <file>', 'with tflite: the .tflite of the same embedder, to put the classes behind')
    .option('--layer <tensor>', 'with --base: the tensor that is the embedding')
    .option(
      '--normalize <mean/std>',
      'with tflite: how samples of 0 to 255 are normalised, one number each or three; default: what the base says, else the embedder',
      normalizationValue,
    )
    .option('--embedder <source>', 'the embedder the classifier was built with, if it is not in its folder')
    .action(async (model: string, options: ExportOptions) => {
      const { exportModel } = await import('../jobs/export-model.js');
      await exportModel({ model, ...options }, terminal);
    });
}
