import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** `pnpm@x.y.z`, as package.json pins it. */
const pinned = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).packageManager;

/**
 * Runs a program of the workspace through the pinned pnpm, which npx fetches where it is not installed.
 *
 * @param {string[]} args arguments of pnpm
 * @param {{ env?: Record<string, string>, quiet?: boolean }} [options] quiet: print the output only when it fails
 * @returns {boolean} whether it succeeded
 */
export function pnpm(args, options = {}) {
  const env = { ...process.env, ...options.env };
  // What npm hands to its scripts would reach pnpm as settings of its own.
  for (const name of Object.keys(env))
    if (/^npm_(config|package|lifecycle)_/i.test(name) && !/registry|proxy|cafile|cache/i.test(name)) delete env[name];
  const result = spawnSync('npx', ['--yes', pinned, ...args], {
    cwd: root,
    env,
    stdio: options.quiet ? 'pipe' : 'inherit',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (result.error) console.error(`Could not start npx: ${result.error.message}`);
  if (result.status !== 0 && options.quiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  return result.status === 0;
}
