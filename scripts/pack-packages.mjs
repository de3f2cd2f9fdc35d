import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm, root } from './pnpm.mjs';

/**
 * Packs every public package as it would be published.
 *
 * @param {string} folder where the tarballs go
 * @returns {Map<string, { path: string, manifest: Record<string, any> }>} by name
 */
export function packAll(folder) {
  if (!pnpm(['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], { quiet: true }))
    throw new Error('Packing failed; run pnpm build first');
  const packed = new Map();
  for (const name of readdirSync(join(root, 'packages'))) {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
    if (manifest.private) continue;
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    packed.set(manifest.name, { path: join(folder, file), manifest });
  }
  return packed;
}
