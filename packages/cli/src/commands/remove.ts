import type { Command } from 'commander';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function removeVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'remove <model> <label>',
    summary: 'a class from a classifier',
    description: 'Remove a class from a classifier.',
    examples: ['remove pets axolotl'],
  })
    .option('--embedder <source>', 'the embedder the classifier was built with, if it is not in its folder')
    .action(async (model: string, label: string, options: { embedder?: string }) => {
      const { removeClass } = await import('../jobs/remove-class.js');
      await removeClass({ model, label, ...options }, terminal);
    });
}
