import { type Command, Option } from 'commander';
import { normalizationValue } from '../classifiers/normalization-value.js';
import type { ConvertOptions } from '../options/convert-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';
import { addShapeOptions } from './index.js';

export function convertVerb(program: Command, terminal: Terminal): void {
  const verb = defineVerb(program, {
    signature: 'convert <in> <out>',
    summary: 'galleries, indexes, and what Android and iOS search',
    description:
      'Turn a gallery (.safetensors), an index (.nearkin), an index file for the Task Library of Android and iOS (.ldb) or a model with one inside (.tflite) into another of these. The shape options count where an index is built from a gallery.',
    examples: [
      'convert gallery.safetensors gallery.nearkin --kind flat',
      'convert photos.nearkin photos.safetensors',
      'convert photos.nearkin photos.ldb --row-text id',
      'convert photos.nearkin searcher.tflite --base embedder.tflite',
      'convert searcher.tflite photos.nearkin',
    ],
  })
    .option('--base <file>', 'embedder (.tflite) that a searcher model is made of')
    .option(
      '--normalize <mean/std>',
      'for a --base without metadata: how samples of 0 to 255 are normalised, such as 127.5/127.5',
      normalizationValue,
    )
    .addOption(
      new Option('--row-text <what>', 'what devices show of a row; default: all that is known of it').choices([
        'auto',
        'id',
        'label',
        'metadata',
        'json',
      ]),
    )
    .option('--snappy', 'compress an index file for devices');
  addShapeOptions(verb).action(async (from: string, to: string, options: ConvertOptions) => {
    const { convertFile } = await import('../jobs/convert-file.js');
    await convertFile({ from, to, ...options }, terminal);
  });
}
