import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dependenciesOn } from './dependencies-on.mjs';

/** What the pages of the site tell a user to install beside nearkin. */
export const tfjs = Object.fromEntries(
  ['core', 'layers', 'converter', 'backend-cpu', 'backend-wasm'].map((part) => [`@tensorflow/tfjs-${part}`, '4.22.0']),
);

/** A clean folder outside of the repository with the tarballs installed by npm, as a user would. */
export function createConsumer(packed, { name, needs, dependencies = {}, type = 'module' }) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `nearkin-${name}-`)));
  const source = fileURLToPath(new URL(`consumers/${name}`, import.meta.url));
  if (existsSync(source)) cpSync(source, folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      name: `consumer-${name}`,
      private: true,
      type,
      dependencies: { ...dependenciesOn(packed, needs), ...dependencies },
    }),
  );
  run(folder, 'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']);
  return folder;
}

/** Runs a program in a consumer's folder; what it prints is returned, and its failure is thrown. */
export function run(folder, program, args = [], variables = {}) {
  const env = { ...process.env, ...variables };
  for (const key of Object.keys(env)) if (/^(npm_(package|lifecycle)_|VITEST|NODE_OPTIONS)/i.test(key)) delete env[key];
  const result = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  });
  if (result.error) throw result.error;
  if (result.status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${result.status}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}
