import type { Command } from 'commander';
import { defaultEncoderName } from '../encoders/default-name.js';
import { numberBetween, wholeNumber } from '../option-values.js';
import type { SearchOptions } from '../options/search-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

const weight = numberBetween(0, 1e6);
const collect = (text: string, before: readonly string[] = []) => [...before, text];

export function searchVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'search <source> [words...]',
    summary: 'find pictures by words, by a picture, by likeness',
    description:
      'Find what a search bundle or an index file (.nearkin) holds, by words, by a picture, by likeness to its own, or by several of these together. Words need an encoder that knows them.',
    examples: [
      'search photos-search a cat with heart eyes',
      'search photos-search "a cat" --not drawing --html cats.html',
      'search photos-search "at night" --image street.jpg --image-weight 0.5',
      'search photos.nearkin --like 2019/beach.jpg -k 30',
    ],
  })
    .option('--image <picture>', 'the picture to find others like')
    .option('--like <id>', 'a row to find others like, itself left out; may be repeated', collect)
    .option('--id <id>', 'the same, with the row itself first')
    .option('--not <words>', 'what it is not; may be repeated', collect)
    .option('--text-weight <w>', 'how much the words count; default: 1', weight)
    .option('--image-weight <w>', 'how much the picture counts; default: 1', weight)
    .option('--like-weight <w>', 'how much likeness to rows counts; default: 1', weight)
    .option('--not-weight <w>', 'how much counts what it is not; default: 0.5', weight)
    .option('--label <label>', 'only rows with this label; may be repeated', collect)
    .option('--min-score <score>', 'leave out what scores less', numberBetween(-1e9, 1e9))
    .option('-k <n>', 'rows to find, best first', wholeNumber(0), 10)
    .option(
      '--embedder <source>',
      `of an index file: the embedder that it was made with; default: ${defaultEncoderName}. A bundle holds its own`,
    )
    .option('--layer <name>', 'its layer, if one was named when the index was made')
    .option('--partitions-to-search <n>', 'more is slower and finds more; default: as stored', wholeNumber(1))
    .option('--reorder <n>', 'candidates that are scored again; default: as stored', wholeNumber(0))
    .option('--html <file>', 'write a page that shows what was found')
    .option('--photos <folder>', 'where the pictures lie now, if they or the index were moved')
    .action(async (source: string, words: readonly string[], options: SearchOptions) => {
      const { searchSource } = await import('../jobs/search-source.js');
      await searchSource({ source, words, ...options }, terminal);
    });
}
