import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const folder = join(root, 'packages');

/**
 * The public packages with their entries, as their manifests say, in the order in which a reader meets them.
 *
 * @type {{ folder: string, name: string, description: string, entries: { name: string, source: string }[] }[]}
 */
export const packages = readdirSync(folder)
  .flatMap((name) => {
    const manifest = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
    if (manifest.private) return [];
    const entries = Object.entries(manifest.exports).flatMap(([path, target]) =>
      target['nearkin-source']
        ? [{ name: manifest.name + path.slice(1), source: join(folder, name, target['nearkin-source']) }]
        : [],
    );
    return [{ folder: name, name: manifest.name, description: manifest.description, entries }];
  })
  .sort((a, b) => place(a.folder) - place(b.folder) || a.folder.localeCompare(b.folder));

function place(name) {
  const order = ['cli', 'core', 'embedders', 'starter', 'retrieval', 'searcher', 'evaluation', 'training', 'tflite'];
  const found = order.indexOf(name);
  return found < 0 ? order.length : found;
}

/** Where the reference of an entry lies: `@nearkin/embedders/node` to `embedders-node`. */
export function referenceName(entry) {
  return entry.replace('@nearkin/', '').replaceAll('/', '-');
}
