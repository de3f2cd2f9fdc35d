import { type Command, Option } from 'commander';
import { defaultEncoderName } from '../encoders/default-name.js';
import { episodeShapes, wholeNumber, wholeNumbers } from '../option-values.js';
import type { EvalEmbedderOptions } from '../options/eval-embedder-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function evalEmbedderVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'eval-embedder <albums>',
    summary: 'how well an embedder keeps classes together',
    description:
      'Measure an embedder on albums (albums/LABEL/PICTURE) or on a gallery of its vectors (.safetensors): retrieval, each picture asked against all others, and few-shot episodes.',
    examples: [
      'eval-embedder albums --embedder mobilenet/model.json',
      'eval-embedder queries --gallery albums --episodes 5x1,5x5 --rule prototype --report report.html',
      'eval-embedder albums --save-gallery albums.safetensors && nearkin eval-embedder albums.safetensors --json',
      'eval-embedder albums --format latex > table.tex',
    ],
  })
    .option(
      '--embedder <source>',
      `what turns pictures into vectors: a tfjs model.json (path or URL), hf:OWNER/NAME, or filters; default: ${defaultEncoderName}`,
    )
    .option('--layer <name>', 'layer or node of the embedder whose output is the vector; default: found')
    .option('--gallery <albums>', 'ask the pictures of ALBUMS against these (albums or .safetensors) instead')
    .option('-k <list>', 'ranks that are looked at', wholeNumbers(1), [1, 5, 10])
    .addOption(
      new Option('--distance <distance>', 'what near means')
        .choices(['cosine', 'dot', 'euclidean', 'squaredEuclidean', 'manhattan'])
        .default('cosine'),
    )
    .option(
      '--episodes <list>',
      'few-shot episodes, WAYSxSHOTS,…, or none; default: 5x1,20x1 as far as there are enough classes',
      episodeShapes,
    )
    .option('--episode-count <n>', 'episodes of each kind', wholeNumber(1), 600)
    .option(
      '--queries-per-class <n>',
      'pictures asked in an episode; default: as many as each class has beside its shots, at most 15',
      wholeNumber(1),
    )
    .addOption(
      new Option('--rule <rule>', 'a few-shot class is its nearest picture, or the mean of its pictures')
        .choices(['max', 'prototype'])
        .default('max'),
    )
    .option('--seed <n>', 'seed of episodes and maps', wholeNumber(0), 0)
    .option('--workers <n>', 'threads that embed side by side; default: by the number of pictures', wholeNumber(1))
    .addOption(
      new Option('--format <format>', 'how the figures are printed')
        .choices(['terminal', 'markdown', 'latex', 'json'])
        .default('terminal'),
    )
    .option('--report <file>', 'write an HTML page: figures, curve, classes, worst queries, wrong labels, maps')
    .option('--save-gallery <file>', 'write the vectors of ALBUMS, .safetensors')
    .option('--trec <folder>', 'write qrels.txt and run.txt for trec_eval and its kin')
    .action(async (albums: string, options: EvalEmbedderOptions) => {
      const { evaluateEmbedder } = await import('../jobs/evaluate-embedder.js');
      await evaluateEmbedder({ albums, ...options }, terminal);
    });
}
