// Installs the packed packages into clean folders and uses them there as users do. Needs `pnpm build`.
// node integrations/run.mjs [--only NAME,…] [--skip NAME,…] [--page PAGE,…] [--once] [--write-sizes]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packAll } from '../scripts/pack-packages.mjs';
import { followPages } from './follow-pages.mjs';
import { measureSizes } from './sizes.mjs';
import { stories } from './stories.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    skip: { type: 'string' },
    page: { type: 'string' },
    once: { type: 'boolean', default: false },
    'write-sizes': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const listed = (text) => (text ? text.split(',') : []);
const all = {
  ...stories,
  pages: (packed, made) => followPages(packed, made, { only: listed(values.page), once: values.once }),
  sizes: (packed) => measureSizes(packed, { write: values['write-sizes'] }),
};
for (const name of [...listed(values.only), ...listed(values.skip)])
  if (!all[name]) throw new Error(`There is no ${name}; there are ${Object.keys(all).join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'nearkin-tarballs-'));
const packed = packAll(folder);
console.log(`${packed.size} packages packed`);
const failed = [];
for (const [name, story] of Object.entries(all)) {
  if (values.only && !listed(values.only).includes(name)) continue;
  if (listed(values.skip).includes(name)) {
    console.log(`- ${name}: skipped by name`);
    continue;
  }
  const started = performance.now();
  const folders = [];
  try {
    const said = await story(packed, (made) => folders.push(made));
    console.log(`✔ ${name}: ${said} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  } catch (error) {
    failed.push(name);
    console.error(`✘ ${name}: ${error.message}`);
  } finally {
    if (!values.keep) for (const made of folders) rmSync(made, { recursive: true, force: true });
  }
}
if (!values.keep) rmSync(folder, { recursive: true, force: true });
console.log(failed.length === 0 ? 'All passed' : `Failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
