import { CommanderError } from 'commander';
import type { Host } from './host.js';
import { createProgram } from './program.js';
import { describeError } from './terminal/describe-error.js';
import { createTerminal } from './terminal/terminal.js';

const ok = 0;
const failed = 1;
const misused = 2;

/**
 * Runs one command line.
 *
 * @param args what stands after `nearkin`
 * @returns the exit code: 0, 1 for an error (also after Ctrl-C), 2 for a command line that makes no sense
 */
export async function runCli(args: readonly string[], host: Host): Promise<number> {
  const flags = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const debug = flags.includes('--debug');
  const terminal = createTerminal(host, { json: flags.includes('--json'), debug });
  const output = { out: (text: string) => host.stdout.write(text), err: (text: string) => host.stderr.write(text) };
  try {
    await createProgram(terminal, output).parseAsync(args, { from: 'user' });
    return ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return ok;
    if (error instanceof CommanderError && error.code === 'commander.help') return misused;
    const description = describeError(error);
    if (terminal.json) terminal.result({ error: description.json });
    else terminal.fail(description);
    if (debug) terminal.note(stackOf(error));
    return error instanceof CommanderError ? misused : failed;
  }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
