// Runs the tests in Node under every supported version; npm has the programs.
// node scripts/node-matrix.mjs [20 22 24] [--packages core,kernels] [--write]
// --write keeps what was counted in integrations/node-versions.md, beside what was counted before.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './pnpm.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { packages: { type: 'string' }, write: { type: 'boolean', default: false } },
});
const versions = positionals.length > 0 ? positionals : ['20', '22', '24'];
const packages = values.packages ? values.packages.split(',') : readdirSync(join(root, 'packages'));
const folder = mkdtempSync(join(tmpdir(), 'nearkin-versions-'));
const counted = [];

for (const version of versions)
  for (const name of packages) {
    const report = join(folder, 'report.json');
    rmSync(report, { force: true });
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'node', `packages/${name}/`];
    const options = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
    const node = (...args) =>
      spawnSync('npx', ['--yes', `--package=node@${version}`, '--', 'node', ...args], {
        cwd: root,
        stdio: args[0] === '--version' ? 'pipe' : 'inherit',
        encoding: 'utf8',
        shell: process.platform === 'win32',
      });
    const exact = node('--version').stdout.trim();
    const { status } = node(...vitest, ...options);
    const tests = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
    const { numPassedTests: passed = 0, numFailedTests: failed = 0, numPendingTests: skipped = 0 } = tests;
    counted.push({ version, exact, name, passed, failed, skipped, ok: status === 0 && passed > 0 });
    console.log(
      `${status === 0 ? '✔' : '✘'} ${exact}, ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`,
    );
  }
rmSync(folder, { recursive: true, force: true });
if (values.write) writeTable();
process.exitCode = counted.every(({ ok }) => ok) ? 0 : 1;

/** A row for each package, a column for each version; cells that were not counted now stay. */
function writeTable() {
  const path = join(root, 'integrations/node-versions.md');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const cells = new Map();
  const [head = [], , ...rows] = before
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  for (const [name, ...row] of rows) for (const [i, cell] of row.entries()) cells.set(`${name} ${head[i + 1]}`, cell);
  for (const { version, exact, name, passed, failed, skipped } of counted) {
    const rest = `${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}`;
    cells.set(`${name} Node ${version}`, `${passed} passed${rest} (${exact})`);
  }
  const columns = ['Node 20', 'Node 22', 'Node 24'];
  const lines = readdirSync(join(root, 'packages')).map(
    (name) => `| ${name} | ${columns.map((column) => cells.get(`${name} ${column}`) || '').join(' | ')} |`,
  );
  writeFileSync(
    path,
    `Tests in Node of each package, by the version they ran under. Written by \`node scripts/node-matrix.mjs --write\`; a cell
that is empty was not counted yet. The check workflow runs all of them under each version.

| package | ${columns.join(' | ')} |
| --- |${' --- |'.repeat(columns.length)}
${lines.join('\n')}
`,
  );
  spawnSync(process.execPath, [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'format', '--write', path]);
}
