// Publishes the versions that `changeset version` wrote, after all that a tarball is looked at for. `pnpm release
// --dry-run` does everything but publishing: it says which versions the changesets will make, builds, checks, and leaves
// every tarball in out/release. Publishing is the workflow's, where npm can record which commit made a tarball:
// .github/workflows/release.yml.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkTarballs } from './check-tarballs.mjs';
import { packAll } from './pack-packages.mjs';
import { pnpm, root } from './pnpm.mjs';

const { values } = parseArgs({
  options: { 'dry-run': { type: 'boolean', default: false }, 'skip-build': { type: 'boolean', default: false } },
});
const folder = join(root, 'out', 'release');
const kB = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;

function step(name, run) {
  console.log(`\n▶ ${name}`);
  if (run() !== false) return;
  console.error(`✘ ${name}`);
  process.exit(1);
}

step('versions', plan);
if (!values['skip-build']) step('build', () => pnpm(['run', 'build'], { quiet: true }));
let packed = new Map();
step('tarballs', () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  packed = packAll(folder);
  for (const { path } of packed.values()) {
    const sum = createHash('sha512').update(readFileSync(path)).digest('base64');
    console.log(`${basename(path)}  ${kB(statSync(path).size)}  sha512-${sum.slice(0, 20)}…`);
  }
});
step('publint, types under each resolution', () => checkTarballs(packed));
step('sizes', () => pnpm(['run', 'size']));
step('licences, third-party notices', () => pnpm(['exec', 'node', 'scripts/licences.mjs']));
if (values['dry-run'])
  console.log(`\nNothing was published. ${packed.size} tarballs are in ${folder}; try them: node integrations/run.mjs`);
else step('publish', () => pnpm(['exec', 'changeset', 'publish']));

/** What `changeset version` will do next; all packages get one version. */
function plan() {
  mkdirSync(join(root, 'out'), { recursive: true });
  const file = join('out', 'release-plan.json');
  if (!pnpm(['exec', 'changeset', 'status', '--output', file], { quiet: true })) return false;
  const { releases } = JSON.parse(readFileSync(join(root, file), 'utf8'));
  const next = releases.filter(({ type }) => type !== 'none');
  for (const { name, oldVersion, newVersion, changesets } of next)
    console.log(`${name}  ${oldVersion} → ${newVersion}  (${changesets.join(', ') || 'in lockstep'})`);
  if (new Set(next.map(({ newVersion }) => newVersion)).size <= 1) return true;
  console.error('These would not be one version; does .changeset/config.json name all packages as fixed?');
  return false;
}
