import { type Command, Option } from 'commander';
import { defaultEncoderName } from '../encoders/default-name.js';
import { wholeNumber, wholeNumbers } from '../option-values.js';
import type { EvalTextOptions } from '../options/eval-text-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function evalTextVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'eval-text [pairs]',
    summary: 'how well captions find their pictures, and pictures their captions',
    description:
      'Measure retrieval of pictures by text and of texts by picture. PAIRS is a JSON Lines file: { "image": "path", "captions": ["…", …] } in each line. They are encoded by --embedder; or give vectors made elsewhere.',
    examples: [
      'eval-text captions.jsonl',
      'eval-text captions.jsonl --embedder my-dual-encoder',
      'eval-text captions.jsonl --embedder hf:Xenova/clip-vit-base-patch32',
      'eval-text --images photos.safetensors --texts captions.safetensors --json',
    ],
  })
    .option(
      '--embedder <source>',
      `a saved dual encoder, hf:OWNER/NAME of a CLIP or SigLIP, or an ES module (.mjs) of yours that exports \`image\` and \`text\`, two embedders of one space, and is run as code, so trust it; default: ${defaultEncoderName}`,
    )
    .option('--images <gallery>', 'vectors of the pictures (.safetensors); ids are the image paths')
    .option('--texts <gallery>', 'vectors of the captions (.safetensors); labels are the ids of their pictures')
    .option('--photos <folder>', 'where the image paths of PAIRS start; default: the folder of PAIRS')
    .option('-k <list>', 'ranks that count as found', wholeNumbers(1), [1, 5, 10])
    .option('--folds <n>', 'cut the pictures into so many runs, and average: 5 is usual for COCO', wholeNumber(1), 1)
    .addOption(
      new Option('--distance <distance>', 'what near means')
        .choices(['cosine', 'dot', 'euclidean', 'squaredEuclidean', 'manhattan'])
        .default('cosine'),
    )
    .addOption(
      new Option('--format <format>', 'how the figures are printed')
        .choices(['terminal', 'markdown', 'latex', 'json'])
        .default('terminal'),
    )
    .action(async (pairs: string | undefined, options: EvalTextOptions) => {
      const { evaluateText } = await import('../jobs/evaluate-text.js');
      await evaluateText({ pairs, ...options }, terminal);
    });
}
