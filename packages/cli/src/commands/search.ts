import type { Command } from 'commander';
import { wholeNumber } from '../option-values.js';
import type { Terminal } from '../terminal.js';
import { defineVerb } from '../verb.js';

export interface SearchOptions {
  readonly image?: string;
  readonly id?: string;
  readonly k: number;
  readonly embedder?: string;
  readonly layer?: string;
  readonly partitionsToSearch?: number;
  readonly reorder?: number;
  readonly html?: string;
  readonly photos?: string;
}

export function searchVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'search <file>',
    description: 'Find the pictures of an index that are most like a picture.',
    examples: [
      'search photos.nearkin --image holiday.jpg',
      'search photos.nearkin --id 2019/beach.jpg -k 30 --html beach.html',
    ],
  })
    .option('--image <picture>', 'the picture to find others like')
    .option('--id <id>', 'a picture of the index to find others like')
    .option('-k <n>', 'pictures to find, best first', wholeNumber(0), 10)
    .option('--embedder <source>', 'the embedder that the index was made with; default: built-in filters')
    .option('--layer <name>', 'its layer, if one was named when the index was made')
    .option('--partitions-to-search <n>', 'more is slower and finds more; default: as stored', wholeNumber(1))
    .option('--reorder <n>', 'candidates that are scored again; default: as stored', wholeNumber(0))
    .option('--html <file>', 'write a page that shows what was found')
    .option('--photos <folder>', 'where the pictures lie now, if they or the index were moved')
    .action(async (file: string, options: SearchOptions) => {
      const { searchFile } = await import('../jobs/search-file.js');
      await searchFile({ file, ...options }, terminal);
    });
}
