import type { Command, Option } from 'commander';

/** What a shell has to know of an option. */
export interface OptionShape {
  /** `-o`. */
  readonly short?: string | undefined;
  /** `--output`; absent where there is only a short one. */
  readonly long?: string | undefined;
  readonly description: string;
  /** What its value is called, `model`; absent for a switch. */
  readonly value?: string | undefined;
  /** The values there are, if they are known. */
  readonly choices: readonly string[];
}

export interface VerbShape {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionShape[];
  /** Of the first argument, if they are known; arguments are files otherwise. */
  readonly choices: readonly string[];
}

/** The verbs of a program and their options, hidden ones left out. */
export function verbShapes(program: Command): VerbShape[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map((verb) => ({
    name: verb.name(),
    summary: verb.summary() || verb.description(),
    options: help.visibleOptions(verb).map(optionShape),
    choices: verb.registeredArguments[0]?.argChoices ?? [],
  }));
}

function optionShape(option: Option): OptionShape {
  return {
    short: option.short,
    long: option.long,
    description: option.description,
    value: option.required || option.optional ? /[<[]([^>\].]+)/.exec(option.flags)?.[1] : undefined,
    choices: option.argChoices ?? [],
  };
}

/** The names that an option is written by. */
export const namesOf = ({ short, long }: OptionShape): string[] => [short, long].filter((name) => name !== undefined);
