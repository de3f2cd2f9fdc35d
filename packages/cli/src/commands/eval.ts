import { type Command, Option } from 'commander';
import { numberBetween } from '../option-values.js';
import type { EvalOptions } from '../options/eval-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function evalVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'eval <model> <albums>',
    summary: 'how often a classifier is right',
    description:
      'Count how often a classifier is right on albums it has not seen; find the threshold below which it should answer “unknown”.',
    examples: [
      'eval pets other-albums',
      'eval pets other-albums --report report.html',
      'eval pets other-albums --calibrate --target-precision 0.95',
    ],
  })
    .option('--report <file>', 'write an HTML page: mistakes, classes, scores, wrong labels of the gallery, a map')
    .option('--gallery <albums>', 'where the pictures lie that the classifier was built from, if they were moved')
    .option('--embedder <source>', 'the embedder the classifier was built with, if it is not in its folder')
    .option(
      '--calibrate',
      'choose the threshold of “unknown” by these albums and write it into the model; albums of other classes show what is unknown',
    )
    .addOption(
      new Option('--target-precision <share>', 'with --calibrate: this share of the given answers is right')
        .argParser(numberBetween(0, 1))
        .conflicts(['targetFar', 'bestF1']),
    )
    .addOption(
      new Option('--target-far <share>', 'with --calibrate: at most this share of the wrong answers is given')
        .argParser(numberBetween(0, 1))
        .conflicts(['bestF1']),
    )
    .option('--best-f1', 'with --calibrate: the best balance of both (default)')
    .action(async (model: string, albums: string, options: EvalOptions, command: Command) => {
      const { calibrate, targetPrecision, targetFar, bestF1 } = options;
      if (!calibrate && (targetPrecision !== undefined || targetFar !== undefined || bestF1))
        command.error('error: a target needs --calibrate, which writes the threshold into the model');
      const { evaluateModel } = await import('../jobs/evaluate-model.js');
      await evaluateModel({ model, albums, ...options }, terminal);
    });
}
