import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addVerb } from './commands/add.js';
import { benchVerb } from './commands/bench.js';
import { buildVerb } from './commands/build.js';
import { classifyVerb } from './commands/classify.js';
import { completionVerb } from './commands/completion.js';
import { convertVerb } from './commands/convert.js';
import { doctorVerb } from './commands/doctor.js';
import { evalVerb } from './commands/eval.js';
import { evalEmbedderVerb } from './commands/eval-embedder.js';
import { evalTextVerb } from './commands/eval-text.js';
import { exportVerb } from './commands/export.js';
import { indexVerb } from './commands/index.js';
import { inspectVerb } from './commands/inspect.js';
import { removeVerb } from './commands/remove.js';
import { searchVerb } from './commands/search.js';
import { trainVerb } from './commands/train.js';
import { trainDualVerb } from './commands/train-dual.js';
import type { Terminal } from './terminal/terminal.js';

/** Where commander's own text goes. */
export interface HelpOutput {
  out(text: string): void;
  err(text: string): void;
}

/** In the order of `--help`: as one meets them. */
const verbs = [
  buildVerb,
  classifyVerb,
  evalVerb,
  evalEmbedderVerb,
  evalTextVerb,
  addVerb,
  removeVerb,
  trainVerb,
  trainDualVerb,
  exportVerb,
  indexVerb,
  searchVerb,
  benchVerb,
  convertVerb,
  inspectVerb,
  doctorVerb,
  completionVerb,
];

/**
 * The command line without its work: a verb's job is imported when the verb is run, so that `--help` and usage errors
 * answer at once.
 */
export function createProgram(terminal: Terminal, output: HelpOutput): Command {
  const program = new Command('nearkin')
    .description(
      'Picture classifiers that need no training: one folder of pictures for each class, one picture is enough.',
    )
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: output.out, writeErr: output.err, outputError() {} })
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Start here:
  $ nearkin build albums -o pets        # albums/cat/*.jpg, albums/dog/*.jpg, …
  $ nearkin classify pets photo.jpg
  $ nearkin eval pets other-albums --report report.html
  $ nearkin index photos -o photos-search && nearkin search photos-search --image photo.jpg

Every verb takes --json (a result for programs on stdout) and --debug (stack traces, what libraries say).
Exit codes: 0 done, 1 error, 2 a command line that makes no sense.
Tutorials and reference: https://nearkin.github.io/nearkin/`,
    );
  for (const verb of verbs) verb(program, terminal);
  return program;
}

function version(): string {
  // Beside src/ and dist/ alike.
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
