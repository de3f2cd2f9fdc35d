import type { Command } from 'commander';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

export function doctorVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'doctor',
    summary: 'what runs on this machine',
    description: 'Say what runs on this machine, how fast, and why the rest does not.',
    examples: ['doctor', 'doctor --json'],
  }).action(async () => {
    const { examineMachine } = await import('../jobs/examine-machine.js');
    await examineMachine(terminal);
  });
}
