import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/**
 * The command lines of a page, in its order: those of its shell blocks, and those in running text. What a page shows
 * below a line that begins with `$` is what the line prints.
 *
 * @param {string} path from the repository's folder: `docs/start/train.md`, `packages/cli/README.md`
 * @returns {{ line: string, prints: string[] }[]}
 */
export function readCommands(path) {
  const text = readFileSync(root + path, 'utf8');
  const commands = [];
  const blocks = /^```(\w*)[^\n]*\n(.*?)^```$|`((?:npx )?nearkin [^`\n]+)`/gms;
  for (const [, language, block, inline] of text.matchAll(blocks)) {
    if (inline !== undefined) commands.push({ line: inline, prints: [] });
    else if (['', 'sh'].includes(language)) commands.push(...commandsOf(block));
  }
  return commands
    .filter(({ line }) => /(^|&& )(npx )?nearkin /.test(line) || /^(mkdir|cp) /.test(line))
    .filter(isWhole);
}

function commandsOf(block) {
  const commands = [];
  const shows = block.startsWith('$ ');
  for (const line of block.trimEnd().split('\n'))
    if (!shows) commands.push({ line: line.replace(/\s+# .*/, ''), prints: [] });
    else if (line.startsWith('$ ')) commands.push({ line: line.slice(2), prints: [] });
    else commands.at(-1).prints.push(line.trim());
  return commands;
}

/** `nearkin eval MODEL ALBUMS` is a form to fill in, `nearkin build` the name of a verb. */
function isWhole({ line }) {
  if (!line.includes('nearkin ')) return true;
  const [, , ...more] = line.split(' ');
  return more.length > 0 && !/(^|\s)[A-Z]{2,}(\.\w+)?(\s|$)|…|--help/.test(line);
}
