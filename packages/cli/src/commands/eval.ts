import type { Command } from 'commander';
import type { Terminal } from '../terminal.js';
import { defineVerb } from '../verb.js';

export interface EvalOptions {
  readonly report?: string;
  readonly gallery?: string;
  readonly embedder?: string;
}

export function evalVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'eval <model> <albums>',
    summary: 'how often a classifier is right',
    description: 'Count how often a classifier is right on albums it has not seen.',
    examples: ['eval pets other-albums', 'eval pets other-albums --report report.html'],
  })
    .option('--report <file>', 'write an HTML page with the mistakes: the picture beside the one that decided')
    .option('--gallery <albums>', 'where the pictures lie that the classifier was built from, if they were moved')
    .option('--embedder <source>', 'the embedder the classifier was built with, if it is not in its folder')
    .action(async (model: string, albums: string, options: EvalOptions) => {
      const { evaluateModel } = await import('../jobs/evaluate-model.js');
      await evaluateModel({ model, albums, ...options }, terminal);
    });
}
