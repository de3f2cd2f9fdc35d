import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.js';
import { verbShapes } from '../completion/command-shapes.js';
import { fishCompletion } from '../completion/fish.js';
import { zshCompletion } from '../completion/zsh.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineVerb } from '../verb.js';

const writers = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
type Shell = keyof typeof writers;

export function completionVerb(program: Command, terminal: Terminal): void {
  defineVerb(program, {
    signature: 'completion',
    summary: 'a script that lets a shell complete verbs and options',
    description: 'Print a script that lets a shell complete verbs, options and their values.',
    examples: [
      'completion bash > ~/.local/share/bash-completion/completions/nearkin',
      'completion zsh > ~/.zfunc/_nearkin   # a folder of $fpath, before compinit',
      'completion fish > ~/.config/fish/completions/nearkin.fish',
    ],
  })
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(writers)))
    .action((shell: Shell) => {
      const script = writers[shell](verbShapes(program));
      terminal.result({ shell, script }, [script.trimEnd()]);
    });
}
