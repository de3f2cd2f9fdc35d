import { namesOf, type VerbShape } from './command-shapes.js';

/** Verbs, options and known values; where there is none of these, bash completes files by itself. */
export function bashCompletion(verbs: readonly VerbShape[]): string {
  const offer = (words: readonly string[]) => `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur"))`;
  const values = verbs.flatMap(({ name, options }) =>
    options
      .filter(({ value }) => value !== undefined)
      .map((option) => {
        const cases = namesOf(option).map((flag) => `'${name} ${flag}'`);
        return `    ${cases.join(' | ')}) ${option.choices.length > 0 ? offer(option.choices) : ':'}; return ;;`;
      }),
  );
  const words = verbs.flatMap(({ name, options, choices }) => [
    `    '${name} -'*) ${offer(options.flatMap(namesOf))} ;;`,
    ...(choices.length > 0 ? [`    '${name} '*) ((COMP_CWORD == 2)) && ${offer(choices)} ;;`] : []),
  ]);
  return `# bash completion of nearkin
_nearkin() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} verb=\${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    ${offer([...verbs.map(({ name }) => name), '--help', '--version'])}
    return
  fi
  case "$verb $prev" in
${values.join('\n')}
  esac
  case "$verb $cur" in
${words.join('\n')}
  esac
}
complete -o default -F _nearkin nearkin
`;
}
