import type { Command } from 'commander';
import type { Terminal } from '../terminal.js';
import { defineVerb } from '../verb.js';
import { addShapeOptions, type IndexShape } from './index.js';

export function convertVerb(program: Command, terminal: Terminal): void {
  const verb = defineVerb(program, {
    signature: 'convert <in> <out>',
    description: 'Turn a gallery (.safetensors) into an index (.nearkin), or an index into a gallery.',
    examples: ['convert gallery.safetensors gallery.nearkin --kind flat', 'convert photos.nearkin photos.safetensors'],
  });
  addShapeOptions(verb).action(async (from: string, to: string, options: IndexShape) => {
    const { convertFile } = await import('../jobs/convert-file.js');
    await convertFile({ from, to, ...options }, terminal);
  });
}
