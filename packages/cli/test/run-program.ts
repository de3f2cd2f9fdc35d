import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Outcome } from './run-in-process.js';

const root = join(import.meta.dirname, '..');
const loader = new URL('../scripts/source-loader.mjs', import.meta.url).href;

/** The program on its sources, as a command: Node and its arguments. */
export function programCommand(args: readonly string[]): string[] {
  return [process.execPath, '--conditions', 'nearkin-source', '--import', loader, join(root, 'src/main.ts'), ...args];
}

/** Runs the program as a process of its own, on its sources. `onStart` may send it signals. */
export function runProgram(
  args: readonly string[],
  options: { readonly cwd?: string; readonly onStart?: (child: ChildProcess) => void } = {},
): Promise<Outcome> {
  const [command, ...rest] = programCommand(args);
  const child = spawn(command!, rest, { cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  options.onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal) reject(new Error(`killed by ${signal}: ${stderr}`));
      else resolve({ code: code!, stdout, stderr });
    });
  });
}
