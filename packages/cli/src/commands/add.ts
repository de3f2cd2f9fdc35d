import type { Command } from 'commander';
import type { AddOptions } from '../options/add-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function addVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'add <model> <label> <image...>',
    summary: 'pictures to a class, or a new class',
    description: 'Add pictures to a class, or a new class: computed, not trained. A folder stands for its pictures.',
    examples: ['add pets axolotl new/axolotl.jpg', 'add pets cat more-cats/'],
  })
    .option('--embedder <source>', 'the embedder the classifier was built with, if it is not in its folder')
    .action(async (model: string, label: string, images: string[], options: AddOptions) => {
      const { addPictures } = await import('../jobs/add-pictures.js');
      await addPictures({ model, label, images, ...options }, terminal);
    });
}
