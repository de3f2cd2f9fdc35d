import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Exact, so that tables can be repeated. Native packages: not part of the workspace, so that it installs anywhere. */
const versions = { 'hnswlib-node': '3.0.0', usearch: '2.26.2' } as const;

export type PeerName = keyof typeof versions;

const folder = join(import.meta.dirname, '..', '.peers');

/**
 * Loads a native peer, installing it with npm into a folder of its own the first time.
 *
 * @returns undefined where it cannot be had, with a line on stderr saying why, and with `ANN_PEERS=0`
 */
export function loadPeer<T>(name: PeerName): { module: T; package: string } | undefined {
  if (process.env['ANN_PEERS'] === '0') return undefined;
  const manifest = join(folder, 'node_modules', name, 'package.json');
  const installed = existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === versions[name];
  if (!installed) install(name);
  try {
    const module = createRequire(join(folder, 'package.json'))(name) as T;
    return { module, package: `${name} ${versions[name]}` };
  } catch (error) {
    console.error(`${name} is left out, it cannot be loaded here: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

function install(name: PeerName): void {
  mkdirSync(folder, { recursive: true });
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  console.error(`Installing ${name} ${versions[name]} into ${folder} …`);
  const arguments_ = ['install', '--no-audit', '--no-fund', '--save-exact', `${name}@${versions[name]}`];
  const { status } = spawnSync('npm', arguments_, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) console.error(`npm could not install ${name}.`);
}
