import type { Command } from 'commander';
import { wholeNumber } from '../option-values.js';
import type { ClassifyOptions } from '../options/classify-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function classifyVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'classify <model> <image...>',
    summary: 'what is on pictures, and which picture decided',
    description: 'Say what is on pictures, and which picture of the gallery decided. A folder stands for its pictures.',
    examples: ['classify pets photo.jpg', 'classify pets holiday/ -k 1 --json'],
  })
    .option('-k <n>', 'answers for each picture, best first', wholeNumber(1), 3)
    .option('--embedder <source>', 'the embedder the classifier was built with, if it is not in its folder')
    .action(async (model: string, images: string[], options: ClassifyOptions) => {
      const { classifyPictures } = await import('../jobs/classify-pictures.js');
      await classifyPictures({ model, images, ...options }, terminal);
    });
}
