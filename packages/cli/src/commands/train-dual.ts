import { type Command, Option } from 'commander';
import { numberBetween, wholeNumber } from '../option-values.js';
import type { TrainDualOptions } from '../options/train-dual-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function trainDualVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'train-dual <pairs>',
    summary: 'pictures and words in one space, learned from captions',
    description:
      'Train a dual encoder on captioned pictures. PAIRS is a JSON Lines file: { "image": "path", "captions": ["…", …] } in each line. The side of pictures is a small convolutional net from nothing or, with --base, an embedder that stays as it is with a projection that learns; the side of words is hashed words and character n-grams, for any language. Some pictures are held out to measure it on.',
    examples: [
      'train-dual captions.jsonl -o mine --base mobilenet/model.json --epochs 50',
      'train-dual icons.jsonl -o mine --minutes 30 --augment drawings --quantize uint8',
      'train-dual captions.jsonl -o mine --resume            # after Ctrl-C',
    ],
  })
    .requiredOption('-o, --output <embedder>', 'folder to write the dual encoder to')
    .option('--photos <folder>', 'where the image paths of PAIRS start; default: the folder of PAIRS')
    .option(
      '--base <source>',
      'tfjs LayersModel (path or URL of model.json) to build on; default: a small net from nothing',
    )
    .option('--layer <name>', 'layer of --base whose output is its vector; default: found')
    .addOption(
      new Option('--loss <loss>', 'what is made small').choices(['clip', 'sigLip', 'softTarget']).default('clip'),
    )
    .option('--epochs <n>', 'times that all pictures are seen; default 30 without --minutes', numberBetween(0.01, 1e6))
    .option('--minutes <n>', 'end by the clock, with the learning rate at its end', numberBetween(0.01, 1e5))
    .option('--learning-rate <rate>', 'of all but the table of words', numberBetween(1e-9, 10), 0.001)
    .option('--batch-size <n>', 'pictures that are told from one another', wholeNumber(2), 64)
    .option('--chunk-size <n>', 'pictures in memory at a time, for large batches; default: the batch', wholeNumber(1))
    .option('--captions-per-image <n>', 'captions of a picture in a batch, or all', captionCount, 1)
    .option('--size <pixels>', 'side of the pictures that a new net sees', wholeNumber(8), 64)
    .option('--dim <n>', 'numbers in a vector', wholeNumber(1), 128)
    .addOption(
      new Option('--augment <kind>', 'how pictures are varied for a new net')
        .choices(['photos', 'drawings', 'none'])
        .default('photos'),
    )
    .option(
      '--validation <share>',
      'share of the pictures held out to measure on; 0 for none',
      numberBetween(0, 0.9),
      0.1,
    )
    .option('--patience <n>', 'measurements without a gain before it stops early', wholeNumber(1), 10)
    .option('--checkpoint <folder>', 'where to keep the state of training; default: OUTPUT.training until it is done')
    .option('--resume', 'go on from the checkpoint')
    .addOption(new Option('--quantize <type>', 'a quarter of the size').choices(['uint8']))
    .option('--report <file>', 'HTML page to write; default: training.html in OUTPUT')
    .option('--seed <n>', 'of weights, batches and the held-out pictures', wholeNumber(0), 0)
    .action(async (pairs: string, options: TrainDualOptions) => {
      const { trainDualEncoder } = await import('../jobs/train-dual-encoder.js');
      await trainDualEncoder({ pairs, ...options }, terminal);
    });
}

function captionCount(text: string): number | 'all' {
  return text === 'all' ? 'all' : wholeNumber(1)(text);
}
