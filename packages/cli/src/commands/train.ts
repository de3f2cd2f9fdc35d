import { type Command, Option } from 'commander';
import { numberBetween, wholeNumber } from '../option-values.js';
import { lossNames, minerNames, type TrainOptions } from '../options/train-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function trainVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'train <albums>',
    summary: 'an embedder that learned from albums',
    description:
      'Train an embedder on albums (albums/LABEL/PICTURE): a small convolutional net from nothing, or, with --base, a head on or the last layers of another embedder. Some classes are held out to measure it on.',
    examples: [
      'train albums -o mine --minutes 20 --report training.html',
      'train albums -o mine --base mobilenet/model.json --head',
      'train albums -o mine --base mobilenet/model.json --fine-tune 2 --loss triplet --miner semiHard',
      'train albums -o mine --resume                         # after Ctrl-C',
    ],
  })
    .requiredOption('-o, --output <embedder>', 'folder to write the embedder to')
    .option('--base <source>', 'tfjs model.json (path or URL) to build on; default: a small net from nothing')
    .option('--layer <name>', 'layer or node of --base whose output is its vector; default: found')
    .option('--head', 'train a head on the vectors of --base (the default with --base)')
    .option('--fine-tune <layers>', 'train the last layers of --base: how many, or the name of the first')
    .addOption(new Option('--loss <loss>', 'what is made small').choices([...lossNames]).default('supCon'))
    .addOption(
      new Option('--miner <miner>', 'which pairs or triplets the loss looks at')
        .choices([...minerNames])
        .default('none'),
    )
    .option('--memory <rows>', 'compare each batch with so many earlier rows too', wholeNumber(1))
    .option('--epochs <n>', 'times that all pictures are seen; default 30 without --minutes', numberBetween(0.01, 1e6))
    .option('--minutes <n>', 'end by the clock, with the learning rate at its end', numberBetween(0.01, 1e5))
    .option('--learning-rate <rate>', 'default 0.001; 0.0003 with --base', Number)
    .option('--size <pixels>', 'side of the pictures that a new net sees', wholeNumber(8), 64)
    .option('--dim <n>', 'numbers in a vector; default 128, with --head those of --base', wholeNumber(1))
    .addOption(
      new Option('--augment <kind>', 'how pictures are varied for a new net')
        .choices(['photos', 'drawings', 'none'])
        .default('photos'),
    )
    .option('--classes-per-batch <n>', 'default 32, or all classes if there are fewer', wholeNumber(2))
    .option('--per-class <n>', 'pictures of each class in a batch', wholeNumber(2), 4)
    .option(
      '--validation <share>',
      'share of the classes held out to measure on; 0 for none',
      numberBetween(0, 0.9),
      0.2,
    )
    .option('--patience <n>', 'measurements without a gain before it stops early', wholeNumber(1), 10)
    .option('--checkpoint <folder>', 'where to keep the state of training; default: OUTPUT.training until it is done')
    .option('--resume', 'go on from the checkpoint')
    .addOption(new Option('--quantize <type>', 'a quarter of the size').choices(['uint8']))
    .option('--report <file>', 'HTML page to write; default: training.html in OUTPUT')
    .option('--seed <n>', 'of weights, batches and the held-out classes', wholeNumber(0), 0)
    .option(
      '--workers <n>',
      'threads that share each batch of a new net; default: by the number of pictures',
      wholeNumber(1),
    )
    .action(async (albums: string, options: TrainOptions) => {
      const { trainEmbedder } = await import('../jobs/train-embedder.js');
      await trainEmbedder({ albums, ...options }, terminal);
    });
}
