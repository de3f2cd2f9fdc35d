import { type Command, Option } from 'commander';
import { numberBetween, wholeNumber } from '../option-values.js';
import type { Terminal } from '../terminal.js';
import { defineVerb } from '../verb.js';

export interface IndexShape {
  readonly kind?: 'flat' | 'flatInt8' | 'partitioned';
  readonly metric: 'cosine' | 'dot' | 'squaredL2';
  readonly partitions: number | 'auto';
  readonly codes?: 'pq4' | 'pq8' | 'int8';
  readonly reorder?: 'none' | 'int8' | 'bf16' | 'float32';
  readonly targetRecall?: number;
  readonly seed: number;
}

export interface IndexOptions extends IndexShape {
  readonly output: string;
  readonly embedder?: string;
  readonly layer?: string;
  readonly labels?: true;
  readonly workers?: number;
}

export function indexVerb(program: Command, terminal: Terminal): void {
  const verb = defineVerb(program, {
    signature: 'index <photos>',
    description: 'Make a folder of pictures, or a gallery (.safetensors), searchable: one file, FILE.nearkin.',
    examples: [
      'index photos -o photos.nearkin',
      'index photos -o photos.nearkin --embedder mobilenet/model.json',
      'index gallery.safetensors -o gallery.nearkin --target-recall 0.95',
    ],
  })
    .requiredOption('-o, --output <file>', 'file to write, .nearkin')
    .option(
      '--embedder <source>',
      'tfjs model.json (path or URL) that turns pictures into vectors; default: built-in filters',
    )
    .option('--layer <name>', 'layer or node of the embedder whose output is the vector; default: found')
    .option('--labels', 'the folder that a picture lies in is its label')
    .option('--workers <n>', 'threads that embed side by side; default: by the number of pictures', wholeNumber(1));
  addShapeOptions(verb).action(async (photos: string, options: IndexOptions) => {
    const { indexPictures } = await import('../jobs/index-pictures.js');
    await indexPictures({ photos, ...options }, terminal);
  });
}

/** What an index is built like; the defaults suit the number of rows. */
export function addShapeOptions(verb: Command): Command {
  return verb
    .addOption(
      new Option('--kind <kind>', 'how rows are kept; default: by their number').choices([
        'flat',
        'flatInt8',
        'partitioned',
      ]),
    )
    .addOption(
      new Option('--metric <metric>', 'how rows are compared')
        .choices(['cosine', 'dot', 'squaredL2'])
        .default('cosine'),
    )
    .option('--partitions <n>', 'partitions of kind partitioned', partitionCount, 'auto')
    .addOption(new Option('--codes <codes>', 'what partitions are scanned by').choices(['pq4', 'pq8', 'int8']))
    .addOption(
      new Option('--reorder <rows>', 'what the best candidates are scored again with').choices([
        'none',
        'int8',
        'bf16',
        'float32',
      ]),
    )
    .option('--target-recall <share>', 'search as widely as this share of the true best 10 needs', numberBetween(0, 1))
    .option('--seed <n>', 'seed of every random choice', wholeNumber(0), 0);
}

function partitionCount(text: string): number | 'auto' {
  return text === 'auto' ? text : wholeNumber(1)(text);
}
