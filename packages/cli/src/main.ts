#!/usr/bin/env node
import { runCli } from './run-cli.js';

const debug = process.argv.includes('--debug');
silenceLibraries(debug);

const controller = new AbortController();
process.on('SIGINT', () => {
  // The first Ctrl-C ends the job at its next safe point, the second one at once.
  if (controller.signal.aborted) process.exit(1);
  controller.abort(new Error('SIGINT'));
});
process.on('SIGTERM', () => controller.abort(new Error('SIGTERM')));
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has gone (`nearkin … | head`): nobody is left to tell.
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: controller.signal,
});

/** stdout is for results: what libraries have to say goes to stderr, and only when asked for. */
function silenceLibraries(show: boolean): void {
  const say = show ? console.error.bind(console) : () => {};
  for (const name of ['log', 'info', 'warn', 'debug', 'error'] as const) console[name] = say;
  if (!show) process.removeAllListeners('warning');
}
