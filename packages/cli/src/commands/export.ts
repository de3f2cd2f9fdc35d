import { type Command, Option } from 'commander';
import type { Terminal } from '../terminal.js';
import { defineVerb } from '../verb.js';

export interface ExportOptions {
  readonly format: 'layers' | 'graph';
  readonly output: string;
  readonly embedder?: string;
}

export function exportVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'export <model>',
    summary: 'a classifier for other programs',
    description: 'Write a classifier for other programs.',
    examples: ['export pets --format graph -o pets-graph   # for plain tf.loadGraphModel'],
  })
    .addOption(
      new Option('--format <format>', 'layers: a tfjs LayersModel; graph: a GraphModel of standard ops only')
        .choices(['layers', 'graph'])
        .makeOptionMandatory(),
    )
    .requiredOption('-o, --output <folder>', 'folder to write to')
    .option('--embedder <source>', 'the embedder the classifier was built with, if it is not in its folder')
    .action(async (model: string, options: ExportOptions) => {
      const { exportModel } = await import('../jobs/export-model.js');
      await exportModel({ model, ...options }, terminal);
    });
}
