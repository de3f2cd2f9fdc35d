import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pnpm } from '../scripts/pnpm.mjs';

const packages = fileURLToPath(new URL('../packages', import.meta.url));

/**
 * Packs every public package as it would be published.
 *
 * @param {string} folder where the tarballs go
 * @returns {Map<string, { path: string, manifest: object }>} by name
 */
export function packAll(folder) {
  if (!pnpm(['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], { quiet: true }))
    throw new Error('Packing failed; run pnpm build first');
  const packed = new Map();
  for (const name of readdirSync(packages)) {
    const manifest = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
    if (manifest.private) continue;
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    packed.set(manifest.name, { path: join(folder, file), manifest });
  }
  return packed;
}

/**
 * What a consumer's package.json says so that it gets these tarballs, and no other version of them from a registry.
 *
 * @param {string[]} names packages that the consumer asks for
 */
export function dependenciesOn(packed, names) {
  const wanted = new Set();
  const want = (name) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const other of Object.keys(packed.get(name).manifest.dependencies ?? {})) if (packed.has(other)) want(other);
  };
  for (const name of names) want(name);
  return Object.fromEntries([...wanted].map((name) => [name, `file:${packed.get(name).path}`]));
}
