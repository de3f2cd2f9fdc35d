import { namesOf, type OptionShape, type VerbShape } from './command-shapes.js';

/** Verbs, options and known values with their descriptions; everything else is a file. */
export function zshCompletion(verbs: readonly VerbShape[]): string {
  const list = verbs.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`);
  const cases = verbs.map(({ name, options, choices }) => {
    const rest = choices.length > 0 ? [quote(`1:${name}:(${choices.join(' ')})`)] : [quote('*:file:_files')];
    return `    ${name})
      _arguments -s \\
        ${[...options.map(specification), ...rest].join(' \\\n        ')} ;;`;
  });
  return `#compdef nearkin
# zsh completion of nearkin
_nearkin() {
  local -a verbs=(
${list.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    _arguments '--help[say what can be done]' '--version[say which version this is]'
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${cases.join('\n')}
  esac
}
# Loaded by name from a folder of $fpath, or read by "source".
if [[ $funcstack[1] == _nearkin ]]; then _nearkin "$@"; else compdef _nearkin nearkin; fi
`;
}

/** As `_arguments` takes them: names that exclude one another, what it does, what its value is. */
function specification(option: OptionShape): string {
  const names = namesOf(option);
  const { description, value, choices } = option;
  const does = `[${description.replace(/[\\[\]:]/g, '\\$&')}]`;
  const takes = value === undefined ? '' : `:${value}:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}`;
  return names.length > 1
    ? `${quote(`(${names.join(' ')})`)}{${names.join(',')}}${quote(does + takes)}`
    : quote(`${names[0]}${does}${takes}`);
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
