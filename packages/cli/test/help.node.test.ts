import { expect, it } from 'vitest';
import { verbShapes } from '../src/completion/command-shapes.js';
import { createProgram } from '../src/program.js';
import { createTerminal } from '../src/terminal/terminal.js';

const stream = { write: () => true };
const host = { stdout: stream, stderr: stream, env: {}, signal: new AbortController().signal };
const create = (out: (text: string) => void = () => {}) =>
  createProgram(createTerminal(host, { json: false, debug: false }), { out, err() {} });
const verbs = verbShapes(create())
  .map(({ name }) => name)
  .filter((name) => name !== 'help');

/** The words of a line as a shell reads them, up to a comment, a pipe, a redirection or the next command. */
function words(line: string): string[] {
  const found = [...line.replace(/\s+#.*$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
  const end = found.findIndex((word) => ['>', '|', '&&'].includes(word));
  return end < 0 ? found : found.slice(0, end);
}

it.each(['', ...verbs])('help of %s: its examples are command lines that make sense', async (verb) => {
  let text = '';
  await create((part) => {
    text += part;
  })
    .parseAsync(verb ? [verb, '--help'] : ['--help'], { from: 'user' })
    .catch(() => {});
  const examples = text.split('\n').flatMap(
    (line) =>
      line
        .trim()
        .match(/^\$ (nearkin .*)$/)?.[1]
        ?.split(' && ') ?? [],
  );
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    const [program, ...args] = words(example);
    expect(program).toBe('nearkin');
    if (verb) expect(args[0]).toBe(verb);
    const calls: string[] = [];
    const fresh = create();
    for (const command of fresh.commands) command.action(() => void calls.push(command.name()));
    await fresh.parseAsync(args, { from: 'user' });
    expect(calls).toEqual([args[0]]);
  }
});

it('every option says what it does', () => {
  for (const { options } of verbShapes(create()))
    for (const { description } of options) expect(description).not.toBe('');
});
