import type { Host } from '../src/host.js';
import { runCli } from '../src/run-cli.js';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, as one that writes to files instead of a terminal. */
export async function run(args: readonly string[], options: Partial<Host> = {}): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const host: Host = {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    signal: new AbortController().signal,
    ...options,
  };
  const code = await runCli(args, host);
  return { code, stdout, stderr };
}

/** The same with `--json`: the parsed result beside the outcome. */
export async function runJson(args: readonly string[], options: Partial<Host> = {}) {
  const outcome = await run([...args, '--json'], options);
  return { ...outcome, json: JSON.parse(outcome.stdout) };
}
