import type { Command } from 'commander';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function inspectVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'inspect <file>',
    summary: 'what a file or folder is',
    description:
      'Say what a file or folder is: a search bundle, a classifier, a dual encoder, a tfjs model, a gallery (.safetensors), an index (.nearkin), an index file for devices (.ldb), a TFLite model (.tflite) with or without one inside; `starter` is the encoder that comes with the program.',
    examples: [
      'inspect photos-search',
      'inspect pets',
      'inspect mobilenet/model.json',
      'inspect pets.safetensors',
      'inspect searcher.ldb',
    ],
  }).action(async (file: string) => {
    const { inspectFile } = await import('../jobs/inspect-file.js');
    await inspectFile(file, terminal);
  });
}
