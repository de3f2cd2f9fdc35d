// Packs every public package and checks the tarball as its users get it: publint, and types under each resolution.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pnpm, root } from './pnpm.mjs';

const folder = mkdtempSync(join(tmpdir(), 'nearkin-pack-'));
let ok = pnpm(['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], { quiet: true });
const run = (program, args) => {
  const result = spawnSync(join(root, 'node_modules/.bin', program), args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    console.error(`${program} ${args.join(' ')}\n${result.stdout}${result.stderr}`);
    ok = false;
  }
};
for (const name of readdirSync(join(root, 'packages'))) {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  if (manifest.private) continue;
  const tarball = join(folder, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`);
  run('publint', ['run', '--strict', tarball]);
  const hasTypes = Object.keys(manifest.exports).some((path) => path !== './package.json');
  if (hasTypes) run('attw', [tarball, '--profile', 'esm-only', '--quiet']);
}
rmSync(folder, { recursive: true, force: true });
process.exit(ok ? 0 : 1);
