import type { OptionShape, VerbShape } from './command-shapes.js';

/** Verbs, options and known values with their descriptions; everything else is a file. */
export function fishCompletion(verbs: readonly VerbShape[]): string {
  const line = (...parts: readonly string[]) => ['complete -c nearkin', ...parts].join(' ');
  const atVerb = '-n __fish_use_subcommand';
  const lines = verbs.flatMap(({ name, summary, options, choices }) => {
    const here = `-n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      line(atVerb, '-f', `-a ${name}`, `-d ${quote(summary)}`),
      ...options.map((option) => line(here, ...flags(option), `-d ${quote(option.description)}`)),
      ...(choices.length > 0 ? [line(here, '-f', `-a ${quote(choices.join(' '))}`)] : []),
    ];
  });
  return `# fish completion of nearkin
${line(atVerb, '-l help', "-d 'say what can be done'")}
${line(atVerb, '-l version', "-d 'say which version this is'")}
${lines.join('\n')}
`;
}

function flags({ short, long, value, choices }: OptionShape): string[] {
  return [
    ...(long ? [`-l ${long.slice(2)}`] : []),
    ...(short ? [`-s ${short.slice(1)}`] : []),
    ...(value === undefined ? [] : choices.length > 0 ? ['-x', `-a ${quote(choices.join(' '))}`] : ['-r']),
  ];
}

const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
