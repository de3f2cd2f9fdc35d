import type { Command } from 'commander';
import { wholeNumber } from '../option-values.js';
import type { BenchOptions } from '../options/bench-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function benchVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'bench <file>',
    description: 'Measure recall and speed of an index at several search settings, against the exact answer.',
    examples: ['bench photos.nearkin', 'bench photos.nearkin --gallery questions.safetensors --json'],
  })
    .option(
      '--queries <n>',
      'rows of the index that are drawn as queries; each is not to find itself',
      wholeNumber(1),
      200,
    )
    .option('--gallery <file>', 'ask these vectors (.safetensors) instead')
    .option('-k <n>', 'rows to find', wholeNumber(1), 10)
    .option('--seed <n>', 'which rows are drawn', wholeNumber(0), 0)
    .action(async (file: string, options: BenchOptions) => {
      const { benchIndex } = await import('../jobs/bench-index.js');
      await benchIndex({ file, ...options }, terminal);
    });
}
