import { type Command, Option } from 'commander';
import { defaultEncoderName } from '../encoders/default-name.js';
import { fileEnding, numberBetween, wholeNumber } from '../option-values.js';
import type { IndexOptions } from '../options/index-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function indexVerb(program: Command, terminal: Terminal): void {
  const verb = defineVerb(program, {
    signature: 'index <photos>',
    summary: 'make pictures searchable',
    description:
      'Make a folder of pictures, or a gallery (.safetensors), searchable. An output that ends in .nearkin is an index file; any other is a search bundle: a folder with index, encoder and thumbnails, which is all that searching needs. Making a bundle goes on where it was, should it be interrupted.',
    examples: [
      'index photos -o photos-search --embedder hf:Xenova/clip-vit-base-patch32',
      'index photos -o photos.nearkin --embedder mobilenet/model.json',
      'index photos.csv -o photos-search --image-column file --label-column kind',
      'index gallery.safetensors -o gallery.nearkin --target-recall 0.95',
    ],
  })
    .requiredOption('-o, --output <path>', 'FILE.nearkin for an index file, else the folder of a search bundle')
    .option(
      '--embedder <source>',
      `what turns pictures (and words) into vectors: a saved encoder, a tfjs model.json (path or URL), or hf:OWNER/NAME; default: ${defaultEncoderName}`,
    )
    .option('--layer <name>', 'layer or node of the embedder whose output is the vector; default: found')
    .option('--labels', 'the folder that a picture lies in is its label')
    .option(
      '--metadata-ending <ending>',
      'of a bundle: keep what stands beside each picture in NAME.dat, NAME.json, …',
      fileEnding,
    )
    .option('--no-thumbnails', 'leave small pictures out of a search bundle')
    .option('--userinfo <text>', 'kept with a search bundle')
    .option('--image-column <name>', 'of a table (.csv, .jsonl): paths of pictures', 'image')
    .option('--text-column <name>', 'of a table: texts to make searchable instead of pictures')
    .option('--id-column <name>', 'of a table: ids; default: the paths')
    .option('--label-column <name>', 'of a table: labels', 'label')
    .option('--batch <n>', 'of a bundle: pictures embedded, and kept safe, at a time; default: 64', wholeNumber(1))
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
