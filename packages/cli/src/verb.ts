import type { Command } from 'commander';

/**
 * Adds a verb with what all verbs have: `--json`, `--debug` and examples at the end of its help.
 *
 * @param verb.summary for the list of verbs; left out, the description stands there
 * @param verb.signature name and arguments in commander's notation: `classify <model> <image...>`
 */
export function defineVerb(
  program: Command,
  verb: { signature: string; summary?: string; description: string; examples: readonly string[] },
): Command {
  return program
    .command(verb.signature)
    .summary(verb.summary ?? verb.description)
    .description(verb.description)
    .option('--json', 'print the result as JSON')
    .option('--debug', 'print stack traces and what libraries say')
    .addHelpText('after', `\nExamples:\n${verb.examples.map((line) => `  $ nearkin ${line}`).join('\n')}`);
}
