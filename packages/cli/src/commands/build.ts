import { type Command, Option } from 'commander';
import { defaultEncoderName } from '../encoders/default-name.js';
import { numberBetween, wholeNumber } from '../option-values.js';
import type { BuildOptions } from '../options/build-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function buildVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'build <albums>',
    summary: 'a classifier from a folder of albums',
    description: 'Build a classifier from a folder of albums: albums/LABEL/PICTURE.',
    examples: ['build albums -o pets', 'build albums -o pets --embedder mobilenet/model.json --quantize int8'],
  })
    .requiredOption('-o, --output <model>', 'folder to write the classifier to')
    .option(
      '--embedder <source>',
      `what turns pictures into vectors: a tfjs model.json (path or URL), hf:OWNER/NAME, or filters; default: ${defaultEncoderName}`,
    )
    .option('--layer <name>', 'layer or node of the embedder whose output is the vector; default: found')
    .addOption(
      new Option('--aggregation <rule>', 'how the scores of the pictures of one class become one')
        .choices(['max', 'mean', 'topM', 'softmax', 'prototype'])
        .default('max'),
    )
    .addOption(new Option('--quantize <type>', 'a quarter of the size, nearly the same answers').choices(['int8']))
    .option('--unknown-below <score>', 'answer "unknown" below this score, -1 to 1', numberBetween(-1, 1))
    .option(
      '--workers <n>',
      'threads that embed side by side; default: one a core when there are many pictures',
      wholeNumber(1),
    )
    .option('--seed <n>', 'accepted by every verb that computes; building has nothing random', wholeNumber(0), 0)
    .option('--name <text>', 'stored with the classifier')
    .option('--author <text>', 'stored with the classifier')
    .option('--model-version <text>', 'stored with the classifier')
    .option('--license <text>', 'stored with the classifier')
    .option('--description <text>', 'stored with the classifier')
    .action(async (albums: string, options: BuildOptions) => {
      const { buildModel } = await import('../jobs/build-model.js');
      await buildModel({ albums, ...options }, terminal);
    });
}
