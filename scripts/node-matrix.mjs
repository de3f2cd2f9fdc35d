// Runs the tests in Node under every supported version; npm has the programs. `node scripts/node-matrix.mjs [20 22 24] [-- PATHS…]`
import { spawnSync } from 'node:child_process';
import { root } from './pnpm.mjs';

const given = process.argv.slice(2);
const split = given.indexOf('--');
const versions = split < 0 ? given : given.slice(0, split);
const paths = split < 0 ? [] : given.slice(split + 1);
const failed = [];
for (const version of versions.length > 0 ? versions : ['20', '22', '24']) {
  const program = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'node', '--reporter=dot', ...paths];
  const { status } = spawnSync('npx', ['--yes', `--package=node@${version}`, '--', 'node', ...program], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  console.log(`${status === 0 ? '✔' : '✘'} Node ${version}`);
  if (status !== 0) failed.push(version);
}
process.exitCode = failed.length === 0 ? 0 : 1;
