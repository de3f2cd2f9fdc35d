import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const packages = resolve(import.meta.dirname, '..', 'packages');

/** What each entry exports at run time: a change of the public surface shows as a change of this list. */
describe('public names', () => {
  for (const folder of readdirSync(packages)) {
    const manifest = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'));
    for (const [path, target] of Object.entries<Record<string, string> | string>(manifest.exports)) {
      if (typeof target === 'string') continue;
      const source = target['nearkin-source'];
      if (!source || path === './browser') continue;
      it(manifest.name + path.slice(1), async () => {
        const names = Object.keys(await import(pathToFileURL(join(packages, folder, source)).href)).sort();
        expect(names).toMatchSnapshot();
      });
    }
  }
});
