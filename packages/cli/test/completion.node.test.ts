import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, runJson } from './run-in-process.js';

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;
/** Bash 3, which macOS still has, is enough. */
const bash = (words: readonly string[]) =>
  execFileSync(
    'bash',
    [
      '--norc',
      '-c',
      `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nearkin; printf '%s\\n' "\${COMPREPLY[@]}"`,
      path('bash'),
      ...words,
    ],
    { encoding: 'utf8' },
  )
    .split('\n')
    .filter(Boolean);
const fish = (line: string) =>
  execFileSync('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', path('fish'), line], {
    cwd: folder,
    encoding: 'utf8',
  })
    .split('\n')
    .filter(Boolean);

let folder: string;
const path = (shell: string) => join(folder, `_nearkin.${shell}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nearkin-completion-'));
  writeFileSync(join(folder, 'albums.csv'), '');
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(path(shell), (await run(['completion', shell])).stdout);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('says so when there is no script for a shell', async () => {
  expect((await run(['completion', 'tcsh'])).code).toBe(2);
  expect((await run(['completion'])).code).toBe(2);
  expect((await runJson(['completion', 'fish'])).json).toMatchObject({ shell: 'fish' });
});

describe.skipIf(!has('bash'))('in bash', () => {
  it('completes verbs, options and values', () => {
    expect(bash(['nearkin', 'eval'])).toEqual(['eval', 'eval-embedder', 'eval-text']);
    expect(bash(['nearkin', 'build', '--agg'])).toEqual(['--aggregation']);
    expect(bash(['nearkin', 'build', 'albums', '--aggregation', 'm'])).toEqual(['max', 'mean']);
    expect(bash(['nearkin', 'completion', ''])).toEqual(['bash', 'zsh', 'fish']);
  });

  it('leaves files to the shell', () => {
    expect(bash(['nearkin', 'build', ''])).toEqual([]);
    expect(bash(['nearkin', 'build', 'albums', '-o', 'x'])).toEqual([]);
    expect(bash(['nearkin', 'eval', 'model', '--report', '-'])).toEqual([]);
  });
});

describe.skipIf(!has('fish'))('in fish', () => {
  it('completes verbs, options and values, and else files', () => {
    expect(fish('nearkin buil')).toEqual(['build\ta classifier from a folder of albums']);
    expect(fish('nearkin build --agg')).toEqual([expect.stringMatching(/^--aggregation\thow the scores/)]);
    expect(fish('nearkin build x --aggregation m').map((line) => line.split('\t')[0])).toEqual(['max', 'mean']);
    expect(fish('nearkin build alb')).toEqual(['albums.csv']);
  });
});

describe.skipIf(!has('zsh'))('in zsh', () => {
  /** The words of the command that runs after a line, a press of the tabulator and one of return. */
  function zsh(line: string): string {
    const settings = [
      'PROMPT=; unset zle_bracketed_paste; autoload -Uz compinit; compinit -u -D',
      'nearkin() { print -r -- "<$*>" }',
      `source '${path('zsh')}'; cd '${folder}'; print rea""dy`,
    ].join('; ');
    const script = `
      zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z "$1"
      zpty -r z before '*ready*'
      zpty -w z "$2"$'\t'
      zpty -r z after '*<*>*'
      print -r -- $after
      zpty -d z`;
    const shown = execFileSync('zsh', ['-f', '-c', script, 'zsh', settings, line], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    return /<(.*)>/.exec(shown)?.[1] ?? shown;
  }

  it('completes verbs, options and values, and else files', () => {
    expect(zsh('nearkin buil')).toBe('build');
    expect(zsh('nearkin build --agg')).toBe('build --aggregation');
    expect(zsh('nearkin build x --aggregation to')).toBe('build x --aggregation topM');
    expect(zsh('nearkin build alb')).toBe('build albums.csv');
  });
});
